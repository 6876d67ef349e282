"use strict";

async function inflated() {
  const packed = Uint8Array.from(atob(byId("data").textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

// Gives the data what both the map and the pairs look things up by.
function indexed(data) {
  data.field = Object.fromEntries(data.fields.map((name, at) => [name, at + 2]));
  data.name = (model) => data.models[model][1];
  data.pairs = new Map(data.likeness.map((row) => [`${row[0]} ${row[1]}`, row]));
  data.tops = new Map();
  for (const row of data.top) {
    const pair = `${row[0]} ${row[1]}`;
    if (!data.tops.has(pair)) data.tops.set(pair, []);
    data.tops.get(pair).push(row);
  }
  return data;
}

function start(data) {
  const numberOf = new Map(data.models.map((model, at) => [model[0], at]));
  const show = pairView(data);
  const mark = heatMap(data, goTo);

  function choose(target, reference) {
    byId("target").value = String(target);
    byId("reference").value = String(reference);
    show(target, reference);
    mark(target, reference);
  }

  // Chooses a pair, moves to it, and puts it into the address, so that it can be linked to.
  function goTo(target, reference) {
    choose(target, reference);
    const names = { target: data.models[target][0], reference: data.models[reference][0] };
    history.replaceState(null, "", `#${new URLSearchParams(names)}`);
    byId("pair").scrollIntoView();
    byId("pair-heading").focus({ preventScroll: true });
  }

  function goToLinked() {
    const names = new URLSearchParams(location.hash.slice(1));
    const [target, reference] = [numberOf.get(names.get("target")), numberOf.get(names.get("reference"))];
    const isKnown = data.targets.includes(target) && data.references.includes(reference);
    if (isKnown) goTo(target, reference);
    return isKnown;
  }

  for (const [id, models] of [["target", data.targets], ["reference", data.references]]) {
    byId(id).append(...models.map((model) => option(model, data.name(model))));
    byId(id).addEventListener("change", () => choose(Number(byId("target").value), Number(byId("reference").value)));
  }
  if (!goToLinked() && data.first) choose(data.first[0], data.first[1]);
  addEventListener("hashchange", goToLinked);
}

addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (link && link.hash === location.hash) dispatchEvent(new Event("hashchange")); // The same pair once more.
});

addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});

inflated()
  .then((data) => start(indexed(data)))
  .catch((error) => {
    byId("pair-numbers").textContent = `The heat map and the pairs can't be shown in this browser: ${error.message}`;
  })
  .finally(() => {
    document.documentElement.dataset.ready = "yes";
  });
