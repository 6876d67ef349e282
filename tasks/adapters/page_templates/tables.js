"use strict";
// Parts that the other scripts use, and tables that are sorted by their headings.
// All text from outside enters the page as text, never as markup.

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

const option = (value, text) => make("option", { value: String(value) }, text);

const number = (value) => (value === null ? MISSING : value.toFixed(3));

const count = (value) => (value === null ? MISSING : value.toLocaleString("en"));

function sortBy(table, column, isAscending) {
  const heads = table.tHead.rows[0].cells;
  const isNumber = heads[column].classList.contains("number");
  const sign = isAscending ? 1 : -1;
  const rows = [...table.tBodies[0].rows].map((row) => ({ row, key: row.cells[column].dataset.sort }));
  rows.sort((a, b) => {
    if (a.key === "" || b.key === "") return (a.key === "") - (b.key === ""); // Missing is last either way.
    return sign * (isNumber ? Number(a.key) - Number(b.key) : a.key.localeCompare(b.key, "en", { numeric: true }));
  });
  table.tBodies[0].append(...rows.map(({ row }) => row));
  for (const head of heads) head.removeAttribute("aria-sort");
  heads[column].setAttribute("aria-sort", isAscending ? "ascending" : "descending");
}

for (const table of document.querySelectorAll("table.sortable")) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    head.firstElementChild.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      const isFirstAscending = !head.classList.contains("number") || head.textContent === "#";
      sortBy(table, column, now ? now !== "ascending" : isFirstAscending);
    });
  });
}
