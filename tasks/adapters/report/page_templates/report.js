"use strict";

async function start(data) {
  const show = pairView(data);
  const showLeaks = leakList(data);
  const showModel = modelView(data);
  const toPair = (target, reference) => {
    location.hash = address("pair", { target: data.id(target), reference: data.id(reference) });
  };
  const mark = data.targets.length ? await heatMap(data, toPair) : () => {};

  async function choose(target, reference) {
    byId("target").value = String(target);
    byId("reference").value = String(reference);
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
    if (place === "model" && showModel(names.get("target"))) moveTo("model", "model-heading");
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

  for (const [id, models] of [["target", data.targets], ["reference", data.references]]) {
    byId(id)?.append(...models.map((model) => option(model, data.name(model))));
    byId(id)?.addEventListener("change", () => {
      const names = { target: data.id(Number(byId("target").value)), reference: data.id(Number(byId("reference").value)) };
      history.replaceState(null, "", address("pair", names));
      choose(Number(byId("target").value), Number(byId("reference").value));
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
