"use strict";

const MOST_CANDIDATES = 12;

// Shows what is known of whom one model learned from. Returns what shows a model by its id, and says whether it is known.
function modelView(data, repliesOf) {
  const known = new Map(data.accounts.map((account) => [account[0], account]));

  function candidates(target) {
    const at = data.numberOf.get(target);
    const of = (row, own) => row[data.verdictField[own]];
    const rows = data.verdicts.filter((row) => row[0] === at);
    rows.sort((left, right) => of(left, "is_kin") - of(right, "is_kin") || of(left, "place") - of(right, "place"));
    const cells = (row) => {
      const pair = { target, reference: data.id(row[2]) };
      const to = make("a", { href: address("pair", pair) }, ...pieces(data.name(row[2])));
      return [
        make("td", {}, ...pieces(of(row, "candidate_vendor"))),
        make("td", {}, ...pieces(data.groups[row[1]])),
        make("td", { class: "number" }, chance(of(row, "p_t"))),
        make("td", { class: "number" }, number(of(row, "z"), 1)),
        make("td", { class: "number" }, degree(of(row, "degree"))),
        make("td", {}, of(row, "verdict"), of(row, "is_kin") ? make("small", {}, "its own vendor or family") : null),
        make("td", {}, of(row, "is_source") ? "yes" : "no"),
        make("td", {}, to),
      ];
    };
    const heads = ["vendor", "group", "p alone", "z", "degree", "verdict", "source", "replies side by side"];
    const table = make(
      "table",
      {},
      make("thead", {}, make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)))),
      make("tbody", {}, ...rows.slice(0, MOST_CANDIDATES).map((row) => make("tr", {}, ...cells(row)))),
    );
    const more = rows.length > MOST_CANDIDATES ? make("p", { class: "quiet" }, `... and ${rows.length - MOST_CANDIDATES} more candidates.`) : null;
    const asked = `select * from mart.verdict where target = ${quoted(target)} order by is_kin, place`;
    const told = [make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "candidates" }, table), more, query(asked)];
    return told.filter((part) => part !== null);
  }

  function show(target) {
    const account = known.get(target);
    if (account === undefined) return false;
    const [, answer, grounds, reference, queries] = account;
    byId("model-target").value = data.name(data.numberOf.get(target));
    byId("model-heading").textContent = data.name(data.numberOf.get(target));
    byId("model-answer").replaceChildren(...pieces(answer));
    byId("model-grounds").replaceChildren(
      ...grounds.flatMap(([heading, text]) => [make("dt", {}, heading), make("dd", {}, ...pieces(text))]),
    );
    const replies = make("a", { href: address("pair", { target, reference }) }, "All figures and the curve of this pair");
    byId("model-links").replaceChildren(replies);
    byId("model-replies").replaceChildren(...repliesOf(data.numberOf.get(target), data.numberOf.get(reference)));
    byId("model-candidates").replaceChildren(...candidates(target));
    byId("model-queries").replaceChildren(...queries.map(([heading, text]) => make("div", {}, make("h4", {}, heading), query(text))));
    return true;
  }

  const models = data.accounts.map(([target]) => data.numberOf.get(target));
  finder("model-target", data, models, (model) => {
    history.replaceState(null, "", address("model", { name: data.id(model) }));
    show(data.id(model));
  });
  return show;
}
