"use strict";

const DIVERGING = new Set(["opening_d", "centred_cos"]);

// Draws targets by candidate teachers; `onChoose(target, reference)` is called for a chosen cell.
// Returns what marks a pair as the chosen one.
function heatMap(data, onChoose) {
  const map = byId("map");
  const isRoomy = data.references.length <= 10;
  const cells = [];
  let current = 0;

  // From the least to the largest value between families; what lies beyond has the last colour.
  function scaleOf(measure) {
    const all = data.likeness.filter((row) => row[data.field[measure]] !== null);
    const others = all.filter((row) => !row[data.field.is_same_family]);
    const values = (others.length ? others : all).map((row) => row[data.field[measure]]);
    if (!values.length) return null;
    const high = values.reduce((a, b) => Math.max(a, b));
    const low = values.reduce((a, b) => Math.min(a, b));
    const reach = Math.max(Math.abs(low), Math.abs(high));
    return DIVERGING.has(measure) ? { low: -reach, high: reach, middle: 0 } : { low, high, middle: low };
  }

  function paint(element, value, scale) {
    const isAbove = value >= scale.middle;
    const reach = isAbove ? scale.high - scale.middle : scale.middle - scale.low;
    const by = reach > 0 ? Math.min(Math.abs(value - scale.middle) / reach, 1) : 0;
    element.classList.add(isAbove ? "above" : "below");
    element.style.setProperty("--by", `${(by * 100).toFixed(1)}%`);
  }

  function described(row, measure, label) {
    const value = (own) => row[data.field[own]];
    const hasInterval = measure === "opening_d" && value("opening_d_low") !== null;
    const interval = hasInterval ? ` (${number(value("opening_d_low"))} to ${number(value("opening_d_high"))})` : "";
    const family = value("is_same_family") ? ", same family" : "";
    return `${data.name(row[0])} beside ${data.name(row[1])}: ${label} ${number(value(measure))}${interval}${family}`;
  }

  function drawScale(scale) {
    if (scale === null) {
      byId("scale").replaceChildren("No value of this measure is in the database; the cosines need embeddings.");
      return;
    }
    const steps = make("span", { class: "steps" });
    for (let step = 0; step <= 10; step += 1) {
      const patch = make("i", { class: "key" });
      paint(patch, scale.low + ((scale.high - scale.low) * step) / 10, scale);
      steps.append(patch);
    }
    const hasFamily = data.likeness.some((row) => row[data.field.is_same_family]);
    const family = [make("i", { class: "key family" }), make("span", {}, "same family")];
    const ends = [scale.low.toFixed(2), scale.high.toFixed(2) + (hasFamily ? " and more" : "")];
    const [low, high] = ends.map((text) => make("span", {}, text));
    byId("scale").replaceChildren(low, steps, high, ...(hasFamily ? family : []));
  }

  function draw() {
    const measure = byId("measure").value;
    const [, label, meaning] = data.measures.find(([own]) => own === measure);
    const scale = scaleOf(measure);
    byId("measure-meaning").textContent = meaning;
    drawScale(scale);
    for (const { cell, row } of cells) {
      if (row === undefined) continue;
      const value = row[data.field[measure]];
      cell.classList.remove("above", "below", "none");
      if (value === null) cell.classList.add("none");
      else paint(cell, value, scale);
      cell.textContent = value === null ? MISSING : isRoomy ? number(value) : "";
      cell.title = described(row, measure, label);
      cell.setAttribute("aria-label", cell.title);
    }
  }

  function makeCurrent(at) {
    cells[current].cell.tabIndex = -1;
    cells[at].cell.tabIndex = 0;
    current = at;
  }

  function pick(at) {
    const { target, reference, row } = cells[at];
    makeCurrent(at);
    if (row !== undefined) onChoose(target, reference);
  }

  function move(event) {
    const at = cells.findIndex(({ cell }) => cell === event.target);
    const width = data.references.length;
    const column = at % width;
    const to = {
      ArrowRight: column < width - 1 ? at + 1 : at,
      ArrowLeft: column > 0 ? at - 1 : at,
      ArrowDown: at + width < cells.length ? at + width : at,
      ArrowUp: at - width >= 0 ? at - width : at,
      Home: at - column,
      End: at - column + width - 1,
    }[event.key];
    if (at < 0 || (to === undefined && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    if (to === undefined) {
      pick(at);
    } else {
      makeCurrent(to);
      cells[to].cell.focus();
    }
  }

  function cellOf(target, reference) {
    const row = data.pairs.get(`${target} ${reference}`);
    const cell = make("td", { tabindex: "-1" });
    cells.push({ cell, target, reference, row });
    if (row === undefined) {
      const isSelf = target === reference;
      cell.className = "self";
      cell.textContent = isSelf ? "·" : MISSING;
      cell.title = `${data.name(target)}: ${isSelf ? "the model itself" : `no prompt in common with ${data.name(reference)}`}`;
    } else {
      cell.classList.toggle("family", row[data.field.is_same_family]);
    }
    return cell;
  }

  const heads = data.references.map((model) =>
    make("th", { scope: "col", title: data.name(model) }, make("span", {}, data.name(model))),
  );
  const lines = data.targets.map((target) => {
    const head = make("th", { scope: "row", title: data.name(target) }, data.name(target));
    return make("tr", {}, head, ...data.references.map((reference) => cellOf(target, reference)));
  });
  map.classList.toggle("roomy", isRoomy);
  map.append(make("thead", {}, make("tr", {}, make("th", {}), ...heads)), make("tbody", {}, ...lines));
  map.addEventListener("keydown", move);
  map.addEventListener("click", (event) => {
    const at = cells.findIndex(({ cell }) => cell === event.target);
    if (at >= 0) pick(at);
  });
  byId("measure").append(...data.measures.map(([own, label]) => option(own, label)));
  byId("measure").addEventListener("change", draw);
  if (cells.length) makeCurrent(0);
  draw();

  return function mark(chosenTarget, chosenReference) {
    for (const { cell, target, reference } of cells) {
      const isChosen = target === chosenTarget && reference === chosenReference;
      cell.classList.toggle("chosen", isChosen);
      cell.setAttribute("aria-selected", String(isChosen));
    }
  };
}
