"use strict";

// Words as tasks/domain/similarity/lexical.py has them; there it is decided how many are shared, here only where they end.
const UNSPACED = ["Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar"].map((script) => `\\p{Script=${script}}`).join("");
const WORD = new RegExp(`[${UNSPACED}]|(?:(?![${UNSPACED}])[\\p{L}\\p{M}\\p{N}'’])+`, "gu");
const MOST_WORDS = 12;
const PHRASE = 4; // Words in a row from which on what two replies share is marked.

const wordsOf = (text) => [...text.matchAll(WORD)].map((found) => [found.index, found.index + found[0].length, found[0].toLowerCase()]);

const grams = (words) => words.slice(0, Math.max(words.length - PHRASE + 1, 0)).map((_, at) => words.slice(at, at + PHRASE).map((word) => word[2]).join(" "));

// The parts of a text, in order: its prefix_overlap of `nWords` words, the phrases that `others` holds too, and all else.
function marked(text, nWords, others) {
  const words = wordsOf(text);
  const kinds = words.map((_, at) => (at < nWords ? "prefix_overlap" : ""));
  grams(words).forEach((gram, at) => {
    if (others.has(gram)) for (let word = at; word < at + PHRASE; word += 1) kinds[word] ||= "phrase";
  });
  const parts = [];
  let end = 0;
  for (let at = 0; at < words.length; ) {
    const first = at;
    while (at < words.length && kinds[at] === kinds[first]) at += 1;
    if (!kinds[first]) continue;
    parts.push(...pieces(text.slice(end, words[first][0])));
    end = words[at - 1][1];
    parts.push(make("mark", { class: kinds[first] }, ...pieces(text.slice(words[first][0], end))));
  }
  return [...parts, ...pieces(text.slice(end))];
}

const textBlock = (parts, nMore) => make("p", { class: "text", dir: "auto" }, ...parts, cutNote(nMore));

const BEYOND = " Beyond all of them, and no finding all the same: the test takes the whole score, families of models as its observations, and all vendors that were looked at.";

// Draws what two models have in common. Returns what shows a pair.
function pairView(data) {
  function fact(label, title, value, note) {
    if (value === MISSING) return null;
    return make("div", { title }, make("dt", {}, label), make("dd", {}, value, note ? make("small", {}, note) : null));
  }

  function numbersOf(row, told) {
    const value = (own) => row[data.field[own]];
    const of = (own) => (told === undefined ? null : told[data.verdictField[own]]);
    const measures = data.measures.map(([own, label, meaning]) =>
      fact(label, meaning, number(value(own)), own === "prefix_overlap_d" ? between(value("prefix_overlap_d_low"), value("prefix_overlap_d_high")) : ""),
    );
    const claims = isNone(of("hard_claims")) ? MISSING : `${count(of("hard_claims"))} of ${count(of("hard_probes"))}`;
    return make(
      "dl",
      {},
      fact("p", "Chance that any vendor tested looks so near, if this target alone had been asked about; below it corrected over targets.", chance(of("p_target")), isNone(of("q")) ? "" : `q ${chance(of("q"))}, Holm ${chance(of("p_holm"))}`),
      fact("vendors tested", "Vendors that were hypotheses for this target.", count(of("n_candidates"))),
      fact("p of this group", "Chance of such a score for this group alone among unrelated models.", chance(of("p_t")), isNone(of("z")) ? "" : `z ${number(of("z"), 1)}`),
      fact("score", `The statistic that p is of: ${data.statistic}; below it its 95 % interval over prompts.`, number(of("score"), 2), between(of("score_low"), of("score_high"), 2)),
      fact("degree", "By D: 0 as unrelated models, 1 as the same model, 1+ beyond what it is normalised by.", degree(of("degree")), [isNone(of("degree_low")) || isNone(of("degree_high")) ? "" : `${degree(of("degree_low"))} to ${degree(of("degree_high"))}`, isNone(of("ceiling_kind")) ? "" : `by ${of("ceiling_kind")}`].filter(Boolean).join(", ")),
      ...measures,
      fact("p at equal length", "The same after what closeness of length explains is taken off.", chance(of("p_at_length"))),
      fact("p, same base", "Against models of the same base that had another teacher or none.", chance(of("sibling_p")), isNone(of("n_siblings")) ? "" : `${count(of("n_siblings"))} models`),
      fact("p, shared weights", "By D and embeddings at equal length.", chance(of("weights_p")), isNone(of("embedding_p")) ? "" : `embeddings ${chance(of("embedding_p"))}`),
      fact("over its base", "D less that of the target's base to the same reference: what it did not bring along.", number(of("over_base")), isNone(of("base")) ? "" : `${of("base")}: ${between(of("over_base_low"), of("over_base_high"))}`),
      fact("claims of its vendor", "Identity probes that named nobody, in which the target claimed the reference's vendor.", claims),
      fact("controls", "Unrelated models that the score is compared with, and their families.", count(of("n_controls")), isNone(of("n_control_families")) ? "" : `${of("n_control_families")} families`),
      fact("nearest, any prompt", "Share of the target's replies to which, over all prompts, this model's is nearest.", number(value("global_nearest_share"))),
      fact("shared prefix_overlap", "Mean of ln(1 + identical leading words), before the background is subtracted.", number(value("prefix_overlap"))),
      fact("prompts", "Prompts that both answered; below it those whose replies were embedded.", count(value("n_prompts")), `${count(value("n_embedded_prompts"))} embedded`),
      fact("background", "Models whose mean is subtracted in D.", count(value("n_background"))),
      fact("coverage", "Share of the target's prompts that both answered.", number(value("coverage"))),
      fact("one family", "Whether the two are of one family.", value("is_same_family") ? "yes" : "no"),
    );
  }

  function sentence(target, group, told) {
    const of = (own) => told[data.verdictField[own]];
    const kin = of("is_kin") ? " (its own vendor or family: tested apart)" : "";
    const beside = told[2] === told.reference ? "" : ` The group's closest snapshot is ${data.name(told[2])}.`;
    return `Verdict on ${data.name(target)} and the group ${data.groups[group]}: ${of("verdict")}${kin}.${beside}`;
  }

  function stripRows(target, group, row, told) {
    const of = (own) => told[data.verdictField[own]];
    const controls = (data.controls[group] || []).filter(([model]) => model !== target && data.family(model) !== data.family(target));
    const rows = controls.map(([model, d]) => ({ kind: "control", d, label: data.name(model) }));
    const d = row[data.field.prefix_overlap_d];
    if (isNone(d)) return [];
    if (!isNone(of("prefix_overlap_null_mean"))) rows.push({ kind: "mark", d: of("prefix_overlap_null_mean"), label: "unrelated" });
    if (!isNone(of("ceiling_d"))) rows.push({ kind: "mark", d: of("ceiling_d"), label: `same model (${of("ceiling_kind")})` });
    rows.push({ kind: "pair", d, low: row[data.field.prefix_overlap_d_low] ?? d, high: row[data.field.prefix_overlap_d_high] ?? d, label: data.name(target) });
    return rows;
  }

  let nShown = 0; // So that what was drawn last is what was chosen last.

  async function drawCharts(target, reference, row, told) {
    const places = { strip: byId("chart-strip"), curve: byId("chart-curve") };
    for (const place of Object.values(places)) place.replaceChildren();
    nShown += 1;
    const turn = nShown;
    const strip = told === undefined ? [] : stripRows(target, data.group[reference], row, told);
    byId("strip-note").hidden = !strip.length;
    if (strip.length) {
      const controls = strip.filter(({ kind }) => kind === "control");
      const isBeyond = controls.every(({ d }) => d < strip.at(-1).d) && told[data.verdictField.verdict] === "not conclusive";
      byId("strip-note").textContent = controls.length
        ? `D of ${data.name(target)} with ${data.name(reference)} (the dot, its 95 % interval), and of ${controls.length} unrelated models with the same group (the ticks).${isBeyond ? BEYOND : ""}`
        : "There are no unrelated models to compare D with.";
      const layer = data.charts.strip.layer.filter(({ name }) => strip.some(({ kind }) => name.startsWith(kind)));
      await draw({ ...data.charts.strip, layer }, places.strip, strip);
    }
    if (turn !== nShown) return;
    const curve = data.curve.get(`${target} ${reference}`);
    byId("curve-note").hidden = curve === undefined;
    if (curve !== undefined) {
      const nullMean = told === undefined ? null : told[data.verdictField.prefix_overlap_null_mean];
      const rows = curve[2].map(([n, d, low, high]) => ({ n, d, low: low ?? d, high: high ?? d, null_mean: nullMean }));
      const { layer } = data.charts.curve; // The last one is the line of unrelated models.
      const dashed = isNone(nullMean) ? "" : " Dashed: unrelated models.";
      byId("curve-note").textContent = `D over the first N prompts, with its 95 % interval: has it settled?${dashed}`;
      await draw({ ...data.charts.curve, layer: dashed ? layer : layer.slice(0, -1) }, places.curve, rows);
    }
  }

  function side(model, reply, nWords, others) {
    const [id, text, nMore] = data.replies[reply];
    const foot = make("small", {}, "reply ", make("code", {}, id));
    return make("div", { class: "side" }, make("h4", {}, data.name(model)), textBlock(marked(text, nWords, others), nMore), foot);
  }

  // What unrelated models share here: what the number of shared words is to be compared with.
  function beside(nUnrelated) {
    if (isNone(nUnrelated)) return "";
    const shown = Math.max(nUnrelated, 0).toFixed(1);
    return `; unrelated models share ${shown} word${shown === "1.0" ? "" : "s"} here on average`;
  }

  function others(target, reference, prompt) {
    const replies = data.unrelatedOf.get(`${target} ${reference} ${prompt}`) || [];
    if (!replies.length) return null;
    const heading = `The same prompt's replies of ${replies.length === 1 ? "an unrelated model" : "two unrelated models"}, the nearest there are`;
    return make(
      "details",
      { class: "unrelated" },
      make("summary", {}, heading),
      make("div", { class: "sides" }, ...replies.map(([model, reply]) => side(model, reply, 0, new Set()))),
    );
  }

  function card(row) {
    const [target, reference, prompt, left, right, nWords, prefix_overlap, bigram, length, nSamples, nUnrelated] = row;
    const [label, text, nMore, id] = data.prompts[prompt];
    const most = nWords >= MOST_WORDS ? " (the most that counts)" : "";
    const shared = `${nWords} identical leading word${nWords === 1 ? "" : "s"}${most}${beside(nUnrelated)}`;
    const samples = nSamples > 1 ? ` (means over ${nSamples} pairs of samples; shown is the first)` : "";
    const about = `${label}; word pairs ${number(bigram)}, length ${number(length)}${samples}; prompt `;
    const [leftGrams, rightGrams] = [left, right].map((reply) => new Set(grams(wordsOf(data.replies[reply][1]))));
    return make(
      "article",
      { class: "prompt" },
      make("header", {}, textBlock(pieces(text), nMore), make("p", { class: "shared" }, shared), make("small", {}, about, make("code", {}, id))),
      make("div", { class: "sides" }, side(target, left, nWords, rightGrams), side(reference, right, nWords, leftGrams)),
      others(target, reference, prompt),
    );
  }

  // The replies that carry most of what two models have in common, side by side.
  function replies(target, reference) {
    const top = data.tops.get(`${target} ${reference}`) || [];
    const which = top.length === 1 ? "The prompt that carries" : `The ${top.length} prompts that carry`;
    const legend = make("p", { class: "quiet" }, make("mark", { class: "prefix_overlap" }, "shared beginning"), " ", make("mark", { class: "phrase" }, `shared phrase of ${PHRASE} words or more`));
    return top.length ? [make("h3", {}, `${which} most of it`), legend, ...top.map(card)] : [];
  }

  async function show(target, reference) {
    const row = data.pairs.get(`${target} ${reference}`);
    const told = row === undefined ? undefined : data.told.get(`${target} ${data.group[reference]}`);
    const why = target === reference ? "These are one and the same model." : "There is no prompt that both answered.";
    const names = [target, reference].map((model) => quoted(data.id(model)));
    const evidence = `select * from mart.pair_evidence where target = ${names[0]} and reference = ${names[1]}`;
    const prompts = `select * from pair_prompts(${names[0]}, ${names[1]}) order by prefix_overlap_d desc limit 20`;
    byId("pair-heading").textContent = `${data.name(target)} beside ${data.name(reference)}`;
    byId("pair-verdict").textContent = told === undefined ? "" : sentence(target, data.group[reference], Object.assign(told, { reference }));
    const account = told === undefined ? undefined : data.accounts.find(([model]) => model === data.id(target));
    byId("pair-answer").replaceChildren(
      ...(account === undefined ? [] : [...pieces(account[1]), " ", make("a", { href: address("model", { name: account[0] }) }, "What it rests on")]),
    );
    const numbers = row === undefined ? make("p", {}, why) : make("details", {}, make("summary", {}, "All numbers of this pair"), numbersOf(row, told));
    byId("pair-numbers").replaceChildren(numbers);
    const isLeftOut = row !== undefined && !data.isHeld.has(`${target} ${reference}`);
    byId("pair-replies").replaceChildren(
      ...(isLeftOut ? [make("p", {}, "The replies of this pair are not on the page; this query shows them:")] : []),
      ...replies(target, reference),
      ...(row === undefined ? [] : [query(prompts), query(evidence)]),
    );
    await drawCharts(target, reference, row, told);
  }

  return { show, replies };
}
