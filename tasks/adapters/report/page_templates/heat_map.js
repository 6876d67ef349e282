"use strict";

const DIVERGING = new Set(["z", "prefix_overlap_d", "centred_cos"]);
const MOST_Z = 6;

// Draws targets by candidate teachers; `onChoose(target, reference)` is called for a chosen cell, by mouse or by keys.
// Returns what marks a pair as the chosen one.
function heatMap(data, onChoose) {
  const place = byId("chart-heat");
  const [targets, references] = data.drawn;
  let view = null;
  let at = [0, 0];

  const rowAt = () => data.pairs.get(`${targets[at[0]]} ${references[at[1]]}`);

  function rowsOf(measure) {
    const column = data.field[measure];
    const [shownTargets, shownReferences] = [new Set(targets), new Set(references)];
    return data.similarity
      .filter((row) => !isNone(row[column]) && shownTargets.has(row[0]) && shownReferences.has(row[1]))
      .map((row) => ({
        ...{ t: row[0], r: row[1], target: data.name(row[0]), reference: data.name(row[1]) },
        ...{ value: row[column], kin: row[data.field.is_same_family] },
      }));
  }

  // From the least to the largest value between families; what lies beyond has the last colour.
  function scaleOf(measure, rows) {
    const others = rows.filter((row) => !row.kin);
    const values = (others.length ? others : rows).map((row) => row.value);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const reach = measure === "z" ? MOST_Z : Math.max(Math.abs(low), Math.abs(high)) || 1;
    return DIVERGING.has(measure) ? [-reach, -reach / 1e6, 0, reach] : [low, high > low ? high : low + 1];
  }

  function tell() {
    const row = rowAt();
    const [target, reference] = [targets[at[0]], references[at[1]]];
    const measure = byId("measure").value;
    const value = row === undefined ? "no prompt in common" : number(row[data.field[measure]]);
    byId("heat-cell").textContent = `${data.name(target)} beside ${data.name(reference)}: ${value}`;
  }

  async function mark(target, reference) {
    if (!view) return;
    at = [Math.max(targets.indexOf(target), 0), Math.max(references.indexOf(reference), 0)];
    view.signal("at_target", data.name(target)).signal("at_reference", data.name(reference));
    await view.runAsync();
  }

  async function show() {
    const measure = byId("measure").value;
    const [, label, meaning] = data.measures.find(([own]) => own === measure);
    byId("measure-meaning").textContent = meaning;
    const rows = rowsOf(measure);
    place.replaceChildren();
    view = null;
    if (!rows.length) {
      place.append(make("p", {}, "No value of this measure is in the database: cosines need embeddings, z unrelated models."));
      return;
    }
    const spec = structuredClone(data.charts.heat);
    const { color, tooltip } = spec.layer[0].encoding;
    color.scale.domain = scaleOf(measure, rows);
    color.scale.range = color.scale.range.slice(-color.scale.domain.length);
    color.legend.title = label;
    for (const tip of tooltip) if (tip.field === "value") tip.title = label;
    spec.datasets = { rows };
    view = (await drawChart(place, spec)).view;
    view.addEventListener("click", (_, item) => item?.datum?.t !== undefined && onChoose(item.datum.t, item.datum.r));
    await mark(targets[at[0]], references[at[1]]);
  }

  function move(event) {
    const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
    const step = steps[event.key];
    if (!step && event.key !== "Enter") return;
    event.preventDefault();
    if (!step) {
      if (rowAt() !== undefined) onChoose(targets[at[0]], references[at[1]]);
      return;
    }
    const within = (value, length) => Math.min(Math.max(value, 0), length - 1);
    mark(targets[within(at[0] + step[0], targets.length)], references[within(at[1] + step[1], references.length)]);
    tell();
  }

  // Too few unrelated models leave no z: measures that have values come first.
  const [there, none] = [[], []];
  for (const measure of data.measures) (data.similarity.some((row) => !isNone(row[data.field[measure[0]]])) ? there : none).push(measure);
  byId("measure").append(...[...there, ...none].map(([own, label]) => option(own, label)));
  byId("measure").addEventListener("change", show);
  byId("heat-scroll").addEventListener("keydown", move);
  return show().then(() => mark);
}
