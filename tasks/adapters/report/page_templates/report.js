"use strict";

async function start(data) {
  const { show, replies } = pairView(data);
  const showLeaks = leakList(data);
  const showModel = modelView(data, replies);
  const toPair = (target, reference) => {
    location.hash = address("pair", { target: data.id(target), reference: data.id(reference) });
  };
  const mark = data.targets.length ? await heatMap(data, toPair) : () => {};

  let chosen = data.first;

  async function choose(target, reference) {
    chosen = [target, reference];
    byId("target").value = data.name(target);
    byId("reference").value = data.name(reference);
    await Promise.all([show(target, reference), mark(target, reference)]);
  }

  function moveTo(section, heading) {
    byId(section).scrollIntoView();
    byId(heading).focus({ preventScroll: true });
  }

  // Shows what the address names: a model, a pair, or a target's leaks; any other part of the page the browser finds itself.
  async function goToLinked() {
    const [place, names] = [location.hash.slice(1).split("?")[0], new URLSearchParams(location.hash.split("?")[1])];
    if (place === "leaks" && showLeaks(names.get("target"))) moveTo("leaks", "leaks-heading");
    if (place === "model" && showModel(names.get("name") ?? names.get("target"))) moveTo("model", "model-heading");
    if (place !== "pair") return false;
    const [target, reference] = [data.numberOf.get(names.get("target")), data.numberOf.get(names.get("reference"))];
    const isKnown = data.targets.includes(target) && data.references.includes(reference);
    if (isKnown) {
      const done = choose(target, reference);
      moveTo("pair", "pair-heading");
      await done;
    }
    return isKnown;
  }

  for (const [id, models, side] of [["target", data.targets, 0], ["reference", data.references, 1]]) {
    finder(id, data, models, (model) => {
      const pair = chosen.with(side, model);
      history.replaceState(null, "", address("pair", { target: data.id(pair[0]), reference: data.id(pair[1]) }));
      choose(...pair);
    });
  }
  if (data.accounts.length) showModel(data.first_account);
  if (!(await goToLinked()) && data.first) await choose(data.first[0], data.first[1]);
  addEventListener("hashchange", goToLinked);
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a");
    if (link && link.hash && link.hash === location.hash) goToLinked(); // The same once more.
  });
  await drawCharts(data);
}

addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not(.leak details)")) details.open = true;
});

inflated()
  .then((data) => start(indexed(data)))
  .catch((error) => {
    byId("trouble").textContent = `The charts and the pairs can't be shown in this browser: ${error.message}`;
  })
  .finally(() => {
    document.documentElement.dataset.ready = "yes";
  });
