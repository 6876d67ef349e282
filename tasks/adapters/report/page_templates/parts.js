"use strict";
// Parts that the other scripts use. All text from outside enters the page as text, never as markup.

const MISSING = "-";

const byId = (id) => document.getElementById(id);

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined && value !== "") element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

// A field in which a model is found by typing a part of its name; `onChoose` gets the number of the model whose name it holds.
function finder(id, data, models, onChoose) {
  const field = byId(id);
  if (!field) return;
  byId(field.getAttribute("list")).append(...models.map((model) => make("option", { value: data.name(model) })));
  field.addEventListener("focus", () => field.select());
  field.addEventListener("input", () => {
    const model = data.labelled[field.value];
    if (model !== undefined && models.includes(model)) onChoose(model);
  });
}

const option = (value, text) => make("option", { value: String(value) }, text);

const isNone = (value) => value === null || value === undefined;

const number = (value, digits = 3) => (isNone(value) ? MISSING : value.toFixed(digits));

const count = (value) => (isNone(value) ? MISSING : value.toLocaleString("en"));

// As p_value of tasks/domain/reporting/p_values.py: .003, and < .0001 for what no null supports.
function chance(value) {
  if (isNone(value)) return MISSING;
  if (value >= 0.9995) return "1";
  if (value < 0.0001) return "< .0001";
  return value.toFixed(value >= 0.00095 ? 3 : 4).replace(/^0/, "");
}

const degree = (value) => (isNone(value) ? MISSING : value > 1 ? "1+" : number(value, 2));

const between = (low, high, digits = 3) => (isNone(low) || isNone(high) ? "" : `${number(low, digits)} to ${number(high, digits)}`);

const address = (place, names) => `#${place}?${new URLSearchParams(names)}`;

// Characters that can't be seen, or that reorder text, come as U+FFFD and are shown as such.
function pieces(text) {
  const title = "a character that can't be seen, or that reorders text";
  const split = text.split(/(\uFFFD+)/u).filter(Boolean);
  return split.map((part) => (part[0] === "\uFFFD" ? make("span", { class: "hidden-character", title }, part) : part));
}

const cutNote = (nMore) => (nMore > 0 ? make("span", { class: "cut" }, ` ... ${count(nMore)} more characters`) : null);

const query = (text) => make("p", { class: "query" }, make("code", {}, text));

const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

async function inflated() {
  const packed = Uint8Array.from(atob(byId("data").textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

// Gives the data what all parts look things up by.
function indexed(data) {
  const places = (names) => Object.fromEntries(names.map((name, at) => [name, at]));
  data.field = Object.fromEntries(data.fields.map((name, at) => [name, at + 2]));
  data.verdictField = Object.fromEntries(data.verdict_fields.map((name, at) => [name, at + 3]));
  data.leakField = Object.fromEntries(data.leaks.fields.map((name, at) => [name, at + 4]));
  data.id = (model) => data.models[model][0];
  data.name = (model) => data.models[model][1];
  data.family = (model) => data.models[model][2];
  data.numberOf = new Map(data.models.map((model, at) => [model[0], at]));
  data.labelled = places(data.models.map((model) => model[1]));
  const keyed = (rows, left, right) => new Map(rows.map((row) => [`${row[left]} ${row[right]}`, row]));
  data.pairs = keyed(data.similarity, 0, 1);
  data.told = keyed(data.verdicts, 0, 1);
  data.curve = keyed(data.curves, 0, 1);
  data.isHeld = new Set(data.held.map(([target, reference]) => `${target} ${reference}`));
  data.tops = new Map();
  for (const row of data.top) {
    const pair = `${row[0]} ${row[1]}`;
    if (!data.tops.has(pair)) data.tops.set(pair, []);
    data.tops.get(pair).push(row);
  }
  data.unrelatedOf = new Map();
  for (const [target, reference, model, prompt, reply] of data.unrelated) {
    const place = `${target} ${reference} ${prompt}`;
    data.unrelatedOf.set(place, [...(data.unrelatedOf.get(place) || []), [model, reply]]);
  }
  return data;
}
