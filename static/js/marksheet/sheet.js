// Where things are on the page of a marksheet, and what stands in its cells.

export const form = document.getElementById("sheet");
export const table = document.getElementById("grid");
export const body = table?.tBodies[0];

// The last row of the head: above it stand what several columns have in common.
export const heads = () => [...table.tHead.rows[table.tHead.rows.length - 1].cells];
export const rows = () => [...body.rows];
export const keyOf = (cell) => cell.closest("tr").cells[0].id.slice(2);
export const ofColumn = (index) => heads()[index]?.dataset.of;
// An area of learning that is folded away takes its columns along; they are counted as the stylesheet does, from 1.
export const isShown = (column) => !table.classList.contains(`no-${column + 1}`);
export const isEditable = (cell) => cell.classList.contains("e");
export const place = (cell) => [cell.parentElement.sectionRowIndex, cell.cellIndex];

export function at(row, column) {
  const line = body.rows[Math.max(0, Math.min(row, body.rows.length - 1))];
  return line.cells[Math.max(0, Math.min(column, line.cells.length - 1))];
}

// The next cell of the row that is shown, so many columns from one; that one where there is none.
export function beside(row, column, step) {
  const last = heads().length - 1;
  let next = column + step;
  while (next > 0 && next < last && !isShown(next)) next += step;
  return at(row, next < 0 || next > last || !isShown(next) ? column : next);
}

export function lastShown(row) {
  const last = heads().length - 1;
  return isShown(last) ? at(row, last) : beside(row, last, -1);
}

export function cellOf({ key, of }) {
  const row = document.getElementById(`p-${key}`)?.parentElement;
  const index = heads().findIndex((head) => head.dataset.of === of);
  return row?.cells[index];
}

export function nameOf(cell) {
  const head = heads()[cell.cellIndex];
  const over = head.dataset.heading ? `${head.dataset.heading}, ` : "";
  return `${cell.parentElement.cells[0].querySelector("a").textContent}, ${over}${head.textContent.trim()}`;
}

// What stands in a cell as it was sent to us, and what is typed over it. The stylesheet shows the latter in the place of the former, which
// comes back when it is taken back. `data-saw` is what the person saw when the cell was typed over.

export const storedText = (cell) => (cell.querySelector("span") ?? cell).firstChild?.textContent ?? "";
export const sawOf = (cell) => cell.dataset.saw ?? `${cell.dataset.v ?? 0}:${storedText(cell)}`;
export const textOf = (cell) => cell.dataset.typed ?? storedText(cell);

export function showTyped(cell, text, state) {
  takeBack(cell);
  cell.dataset.typed = text;
  cell.classList.add(state);
  const typed = document.createElement("b");
  typed.className = "typed";
  typed.textContent = text;
  cell.querySelector("span").after(typed);
}

export function takeBack(cell) {
  delete cell.dataset.typed;
  delete cell.dataset.closed;
  cell.classList.remove("is-saving", "is-unsaved", "is-refused", "is-saved");
  cell.removeAttribute("aria-invalid");
  cell.removeAttribute("aria-describedby");
  for (const part of cell.querySelectorAll(".said, .typed")) part.remove();
}

// Told of the cells that an answer of the server has put in the place of others, whichever asked for it.
export function whenReplaced(told) {
  new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]);
    const cells = added.filter((node) => node.nodeName === "TD" && node.isConnected);
    if (cells.length) told(cells);
  }).observe(body, { childList: true, subtree: true });
}

export function announce(text) {
  document.getElementById("announcement").textContent = text;
}
