"use strict";

const LEAKS_AT_A_TIME = 20;

// Lists the identity replies that contradict the facts, by target and by what is chosen. Returns what shows a target's.
function leakList(data) {
  const { targets, prompts, rows } = data.leaks;
  const field = data.leakField;
  if (!targets.length) return () => false;
  let nShown = LEAKS_AT_A_TIME;

  const KINDS = {
    hard: (row) => row[field.is_hard],
    strict: (row) => row[field.is_foreign],
    loose: () => true,
  };

  function card(row) {
    const of = (name) => row[field[name]];
    const [promptText, nMorePrompt] = prompts[row[1]];
    const claimed = [of("claimed_vendor"), of("claimed_model")].filter(Boolean).join(", ");
    const facts = [
      ["read as", of("is_hard") ? "hard" : of("is_foreign") ? "strict" : "loose"],
      ["leading", of("is_leading") ? "yes: a vendor or model was named" : "no"],
      ["template", of("template_key")],
      ["kind", of("kind")],
      ["language", of("language")],
      ["claims", claimed],
      ["mode", of("mode")],
      ["judge", of("judge")],
    ].filter(([, value]) => value);
    const list = make("dl", { class: "leak-facts" }, ...facts.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, String(value))]));
    const words = of("evidence_text") ? make("p", { class: "text evidence", dir: "auto" }, "Judge: ", ...pieces(of("evidence_text"))) : null;
    return make(
      "article",
      { class: "prompt leak" },
      make("header", {}, of("question_text") ? make("p", { dir: "auto" }, make("b", {}, ...pieces(of("question_text")))) : null, list),
      make("div", { class: "side" }, textBlock(pieces(row[2]), row[3]), words,
        make("details", {}, make("summary", {}, "What it was sent"), textBlock(pieces(promptText), nMorePrompt)),
        make("small", {}, "request ", make("code", {}, of("request_id")), " reply ", make("code", {}, of("reply_id") || MISSING))),
    );
  }

  function show() {
    const target = Number(byId("leak-target").value);
    const isWanted = KINDS[byId("leak-kind").value];
    const language = byId("leak-language").value;
    const leading = byId("leak-leading").value;
    const found = rows.filter(
      (row) => row[0] === target && isWanted(row) && (!language || row[field.language] === language) && (!leading || String(row[field.is_leading]) === leading),
    );
    const [id, name, nAll] = targets[target];
    const nHeld = rows.filter((row) => row[0] === target).length;
    const held = nHeld < nAll ? ` The page holds ${count(nHeld)} of its ${count(nAll)}.` : "";
    byId("leak-count").textContent = `${count(found.length)} leak${found.length === 1 ? "" : "s"} of ${name}.${held}`;
    const more = make("button", { type: "button" }, `Show more (${count(found.length - nShown)})`);
    more.addEventListener("click", () => {
      nShown += LEAKS_AT_A_TIME;
      show();
    });
    byId("leak-list").replaceChildren(
      ...found.slice(0, nShown).map(card),
      ...(found.length > nShown ? [more] : []),
      query(`select * from mart.identity_leak where target = ${quoted(id)}`),
    );
  }

  byId("leak-target").append(...targets.map(([, name, n], at) => option(at, `${name} (${n})`)));
  const languages = [...new Set(rows.map((row) => row[field.language]).filter(Boolean))].sort();
  byId("leak-language").append(...languages.map((language) => option(language, language)));
  byId("leak-controls").addEventListener("change", () => {
    nShown = LEAKS_AT_A_TIME;
    show();
  });
  show();
  return function showTarget(id) {
    const at = targets.findIndex(([own]) => own === id);
    if (at < 0) return false;
    byId("leak-target").value = String(at);
    nShown = LEAKS_AT_A_TIME;
    show();
    return true;
  };
}
