"use strict";
/* Sorting and filtering. Without this script the page is the same, sorted by value. */
for (const task of document.querySelectorAll(".task")) {
  const table = task.querySelector(".board");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];

  const key = (row, column, kind) => {
    const cell = row.cells[column];
    if (kind === "text") return cell.textContent.trim();
    return cell.dataset.value ? Number(cell.dataset.value) : NaN;
  };

  const compare = (a, b, kind) => {
    if (kind === "text") return a.localeCompare(b, "en", { numeric: true });
    return a - b;
  };

  const sort = (column) => {
    const head = heads[column];
    const kind = head.dataset.sort;
    const before = head.getAttribute("aria-sort");
    const after = before ? (before === "ascending" ? "descending" : "ascending") : kind === "text" ? "ascending" : "descending";
    const sign = after === "ascending" ? 1 : -1;
    const failed = rows.filter((row) => row.classList.contains("failed"));
    const keyed = rows.filter((row) => !failed.includes(row)).map((row) => [key(row, column, kind), row]);
    const unknown = keyed.filter(([value]) => Number.isNaN(value));
    const known = keyed.filter(([value]) => !Number.isNaN(value));
    known.sort(([a], [b]) => sign * compare(a, b, kind));
    body.append(...known.concat(unknown).map(([, row]) => row), ...failed);
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", after);
  };

  heads.forEach((head, column) => {
    if (!head.dataset.sort) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(column));
    head.append(button);
  });

  const label = task.querySelector(".filter");
  if (!label) continue;
  const box = label.querySelector("input");
  const fold = task.querySelector(".fold input");
  const count = task.querySelector(".count");
  const show = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = rows.filter((row) => words.every((word) => row.textContent.toLowerCase().includes(word)));
    rows.forEach((row) => (row.hidden = !found.includes(row)));
    const away = fold && !fold.checked ? found.filter((row) => row.classList.contains("single")).length : 0;
    const rest = away ? `, ${away} of them folded away` : "";
    count.textContent = words.length ? `${found.length} of ${rows.length} rows match${rest}.` : "";
  };
  label.hidden = false;
  box.addEventListener("input", show);
  if (fold) fold.addEventListener("change", show);
}
