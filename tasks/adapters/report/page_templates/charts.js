"use strict";
// Draws charts whose specifications came with the page; colours are those of the page's style, so themes need no script.

// Puts a chart into a place, with rows if it came without; `onChoose` is called with what was clicked on.
async function draw(given, place, rows, onChoose) {
  const spec = { ...given };
  if (rows) spec.datasets = { rows };
  const { view } = await drawChart(place, spec);
  if (onChoose) view.addEventListener("click", (_, item) => item?.datum && onChoose(item.datum));
  return view;
}

// Draws the charts that stand by themselves; each point leads to what is behind it.
async function drawCharts(data) {
  const toLeaks = ({ target }) => {
    if (target !== undefined) location.hash = address("leaks", { target: data.id(data.labelled[target]) });
  };
  const toPair = ({ model, reference }) => {
    if (reference !== undefined) location.hash = address("pair", { target: model, reference });
  };
  const leadTo = { map: toPair, lineage: toPair, tree: null, rates: toLeaks, claims: toLeaks, slices: toLeaks, drift: null };
  for (const [name, onChoose] of Object.entries(leadTo)) {
    const place = byId(`chart-${name}`);
    if (place && data.charts[name]) await draw(data.charts[name], place, null, onChoose);
  }
}
