"use strict";

// Words as tasks/domain/likeness/lexical.py has them; there it is decided how many are shared, here only where they end.
const UNSPACED = ["Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar"].map((script) => `\\p{Script=${script}}`).join("");
const WORD = new RegExp(`[${UNSPACED}]|(?:(?![${UNSPACED}])[\\p{L}\\p{M}\\p{N}'’])+`, "gu");
const MOST_WORDS = 12;

function endOfWords(text, nWords) {
  let end = 0;
  let nSeen = 0;
  for (const found of text.matchAll(WORD)) {
    if (nSeen >= nWords) break;
    nSeen += 1;
    end = found.index + found[0].length;
  }
  return end;
}

function pieces(text) {
  const title = "a character that can't be seen, or that reorders text";
  const split = text.split(/(\uFFFD+)/u).filter(Boolean);
  return split.map((part) => (part[0] === "\uFFFD" ? make("span", { class: "hidden-character", title }, part) : part));
}

function textBlock(text, nMore, nWords) {
  const end = endOfWords(text, nWords);
  const opening = end > 0 ? make("mark", {}, ...pieces(text.slice(0, end))) : null;
  const rest = nMore > 0 ? make("span", { class: "cut" }, ` ... ${count(nMore)} more characters`) : null;
  return make("p", { class: "text", dir: "auto" }, opening, ...pieces(text.slice(end)), rest);
}

// Draws what two models have in common. Returns what shows a pair.
function pairView(data) {
  function fact(label, title, value, note) {
    return make("div", { title }, make("dt", {}, label), make("dd", {}, value, note ? make("small", {}, note) : null));
  }

  function numbersOf(row) {
    const value = (own) => row[data.field[own]];
    const measures = data.measures.map(([own, label, meaning]) => {
      const hasInterval = own === "opening_d" && value("opening_d_low") !== null;
      const note = hasInterval ? `${number(value("opening_d_low"))} to ${number(value("opening_d_high"))}` : "";
      return fact(label, meaning, number(value(own)), note);
    });
    return make(
      "dl",
      {},
      ...measures,
      fact("nearest, any prompt", "Share of the target's replies to which, over all prompts, this model's is nearest.", number(value("global_nearest_share"))),
      fact("shared opening", "Mean of ln(1 + identical leading words), before the panel is subtracted.", number(value("opening"))),
      fact("prompts", "Prompts that both answered.", count(value("n_prompts"))),
      fact("embedded prompts", "Prompts whose replies were turned into vectors.", count(value("n_embedded_prompts"))),
      fact("panel", "Models whose mean is subtracted in D.", count(value("n_panel"))),
      fact("coverage", "Share of the target's prompts that both answered.", number(value("coverage"))),
      fact("same family", "Whether the two are of one family.", value("is_same_family") ? "yes" : "no"),
    );
  }

  function side(model, reply, nWords) {
    const [id, text, nMore] = data.replies[reply];
    const foot = make("small", {}, "reply ", make("code", {}, id));
    return make("div", { class: "side" }, make("h4", {}, data.name(model)), textBlock(text, nMore, nWords), foot);
  }

  function card(row) {
    const [target, reference, prompt, left, right, nWords, opening, bigram, length, nSamples] = row;
    const [label, text, nMore] = data.prompts[prompt];
    const most = nWords >= MOST_WORDS ? " (the most that counts)" : "";
    const shared = `${nWords} identical leading word${nWords === 1 ? "" : "s"}${most}`;
    const samples = nSamples > 1 ? ` (means over ${nSamples} pairs of samples; shown is the first)` : "";
    const about = `${label}: ${shared}; opening ${number(opening)}, word pairs ${number(bigram)}, length ${number(length)}${samples}`;
    return make(
      "article",
      { class: "prompt" },
      make("header", {}, textBlock(text, nMore, 0), make("small", {}, about)),
      make("div", { class: "sides" }, side(target, left, nWords), side(reference, right, nWords)),
    );
  }

  return function show(target, reference) {
    const row = data.pairs.get(`${target} ${reference}`);
    const top = data.tops.get(`${target} ${reference}`) || [];
    const why = target === reference ? "These are one and the same model." : "There is no prompt that both answered.";
    const which = top.length === 1 ? "The prompt" : `The ${top.length} prompts`;
    const title = `${which} whose replies begin most alike (the extreme, not the rule); identical leading words are marked`;
    byId("pair-heading").textContent = `${data.name(target)} beside ${data.name(reference)}`;
    byId("pair-numbers").replaceChildren(row === undefined ? make("p", {}, why) : numbersOf(row));
    byId("pair-replies").replaceChildren(...(top.length ? [make("h3", {}, title), ...top.map(card)] : []));
  };
}
