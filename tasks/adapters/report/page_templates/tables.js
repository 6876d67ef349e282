"use strict";
// Tables that are sorted by their headings and filtered by what is typed or chosen above them.

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

function shownText(table, row) {
  const isCompact = table.classList.contains("compact");
  return [...row.cells].filter((cell) => !isCompact || !cell.classList.contains("extra"))
    .map((cell) => cell.textContent).join(" ").toLowerCase();
}

function filter(table, bar) {
  const words = bar.querySelector("input").value.toLowerCase().split(/\s+/u).filter(Boolean);
  const chosen = bar.querySelector("select")?.value || "";
  let nShown = 0;
  for (const row of table.tBodies[0].rows) {
    const text = shownText(table, row);
    const isShown = words.every((word) => text.includes(word)) && (!chosen || row.cells[1].dataset.sort === chosen);
    row.hidden = !isShown;
    nShown += isShown;
  }
  bar.querySelector("output").textContent = `${count(nShown)} of ${count(table.tBodies[0].rows.length)} rows`;
}

for (const table of document.querySelectorAll("table.sortable")) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    head.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      sortBy(table, column, now ? now !== "ascending" : !head.classList.contains("number"));
    });
  });
}

for (const bar of document.querySelectorAll(".filter[data-table]")) {
  const table = byId(bar.dataset.table);
  bar.hidden = false;
  bar.addEventListener("input", () => filter(table, bar));
  filter(table, bar);
}

for (const bar of document.querySelectorAll(".columns[data-table]")) {
  const table = byId(bar.dataset.table);
  const button = bar.firstElementChild;
  bar.hidden = table.querySelector("th.extra") === null;
  table.classList.add("compact");
  button.addEventListener("click", () => {
    const isCompact = table.classList.toggle("compact");
    button.textContent = isCompact ? "More columns" : "Fewer columns";
    button.setAttribute("aria-expanded", String(!isCompact));
    const filterBar = document.querySelector(`.filter[data-table="${table.id}"]`);
    if (filterBar) filter(table, filterBar);
  });
}
