// One value into many cells, as one act: filled down, filled into the blanks, emptied.

import { meant, isRelative } from "./entering.js";
import { activeAt, activeCell } from "./moving.js";
import { save, saveTogether } from "./saving.js";
import { selection } from "./selecting.js";
import { announce, at, heads, isEditable, isShown, nameOf, rows, textOf } from "./sheet.js";

const dialog = document.getElementById("fill");

// Writes those that would change, each { cell, text }; answers with how many.
function write(changes) {
  const real = changes
    .map(({ cell, text }) => ({ cell, text: meant(cell, text) }))
    .filter(({ cell, text }) => text !== textOf(cell) || cell.classList.contains("is-refused"));
  if (real.length === 1) save(real[0].cell, real[0].text);
  else if (real.length) saveTogether(real);
  return real.length;
}

const cellsOf = ({ rows: lines }) => lines.flat().filter(isEditable);

export function emptyBlock() {
  if (!write(cellsOf(selection()).map((cell) => ({ cell, text: "" })))) announce("Nothing to empty");
}

// The value of the block’s top cells into those below; without a block of several rows, that of the cell above.
export function fillDown() {
  const { top, bottom, rows: lines } = selection();
  const from = top === bottom ? top - 1 : top;
  if (from < 0) return;
  const changes = [];
  for (const [index, { cellIndex: column }] of lines[0].entries()) {
    const text = textOf(at(from, column));
    const below = (top === bottom ? lines : lines.slice(1)).map((line) => line[index]);
    if (text && isEditable(below.find(isEditable) ?? at(from, 0))) changes.push(...below.filter(isEditable).map((cell) => ({ cell, text })));
  }
  const written = write(changes);
  announce(written ? `Filling ${written} cell${written > 1 ? "s" : ""}` : "Nothing to fill down");
}

// While a value is typed into a block: into its empty cells, and the one it was typed in.
export function fillBlock(cell, text) {
  const empty = selection().isBlock ? cellsOf(selection()).filter((each) => each === cell || !textOf(each)) : [cell];
  write([...new Set([cell, ...empty])].map((each) => ({ cell: each, text })));
}

const inFocus = () => heads().filter((head) => head.classList.contains("is-focus") && isShown(head.cellIndex));
const empty = (cells) => cells.filter((cell) => !textOf(cell));

// The column where one is, or else the first to enter in.
function column() {
  const inColumn = (index) => rows().map((row) => row.cells[index]).filter(isEditable);
  const [, here] = activeAt();
  const cells = inColumn(inColumn(here).length ? here : (inFocus()[0]?.cellIndex ?? 0));
  const where = cells.length ? nameOf(cells[0]).slice(pupilOf(cells[0]).length + 2) : "this column";
  return { where, cells: empty(cells) };
}

// The pupil where one is, across the columns to enter in.
function row() {
  const cells = inFocus().map((head) => at(activeAt()[0], head.cellIndex));
  return { where: pupilOf(cells[0] ?? activeCell()), cells: empty(cells.filter(isEditable)) };
}

// The empty cells of the block; without one, of the column or the row, as one chooses.
function blanks() {
  const chosen = selection();
  if (chosen.isBlock) return { where: "the selected block", cells: empty(cellsOf(chosen)) };
  return dialog.querySelector("[name=place]:checked").value === "row" ? row() : column();
}

const pupilOf = (cell) => cell.parentElement.cells[0].querySelector("a").textContent;
const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;

// With what: one of the choices, or what is typed beside the last.
function chosenText() {
  const choice = dialog.querySelector("[name=fill]:checked").value;
  return choice === "other" ? dialog.querySelector("[name=other]").value.trim() : choice;
}

// Which of them can be filled: relative to the last points only where there are some.
function fillable(cells, text) {
  return isRelative(text) ? cells.filter((cell) => cell.dataset.g !== undefined) : text ? cells : [];
}

function tell() {
  const { where, cells } = blanks();
  const count = fillable(cells, chosenText()).length;
  const left = isRelative(chosenText()) ? cells.length - count : 0;
  dialog.querySelector("[data-where]").textContent = `${plural(cells.length, "empty cell", "empty cells")} in ${where}`;
  dialog.querySelector("[data-left]").textContent = left
    ? `${plural(left, "cell has", "cells have")} no point before: ${left === 1 ? "it stays" : "they stay"} empty.`
    : "";
  const button = dialog.querySelector("[type=submit]");
  button.textContent = count ? `Fill ${plural(count, "cell", "cells")}` : "Nothing to fill";
  button.disabled = !count;
}

// Column or row: only where there are several columns, and no block that says it.
function tellPlaces() {
  const places = dialog.querySelector("[data-places]");
  places.hidden = selection().isBlock || inFocus().length < 2;
  dialog.querySelector("[data-where]").hidden = !places.hidden;
  dialog.querySelector("[name=place][value=column]").checked = true;
  for (const [name, { where, cells }] of [["column", column()], ["row", row()]]) {
    places.querySelector(`[data-place=${name}]`).textContent = where;
    places.querySelector(`[data-empty=${name}]`).textContent = `${cells.length} empty`;
  }
}

export function askToFill() {
  if (!dialog || dialog.open) return;
  tellPlaces();
  tell();
  dialog.showModal();
  dialog.querySelector("[name=fill]:checked").focus();
}

export function startFilling() {
  if (!dialog) return;
  document.querySelector("[data-fill]")?.addEventListener("click", askToFill);
  dialog.addEventListener("input", (event) => {
    if (event.target.name === "other") dialog.querySelector("[value=other]").checked = true;
    tell();
  });
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = chosenText();
    const cells = fillable(blanks().cells, text);
    dialog.close();
    activeCell().focus();
    if (cells.length) write(cells.map((cell) => ({ cell, text })));
  });
  dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => activeCell().focus());
}
