// One value into many cells, as one act: filled down, filled into the blanks, emptied.

import { meant, isRelative } from "./entering.js";
import { activeAt, activeCell } from "./moving.js";
import { save, saveTogether } from "./saving.js";
import { selection } from "./selecting.js";
import { announce, at, heads, isEditable, nameOf, rows, textOf } from "./sheet.js";

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
  const { top, left, bottom, right, rows: lines } = selection();
  const from = top === bottom ? top - 1 : top;
  if (from < 0) return;
  const changes = [];
  for (let column = left; column <= right; column += 1) {
    const text = textOf(at(from, column));
    const below = (top === bottom ? lines : lines.slice(1)).map((line) => line[column - left]);
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

// The empty cells of the block; without one, of the column where one is, or else of the first column to enter in.
function blanks() {
  const chosen = selection();
  if (chosen.isBlock) return { where: "the selected block", cells: cellsOf(chosen).filter((cell) => !textOf(cell)) };
  const [, here] = activeAt();
  const inColumn = (column) => rows().map((row) => row.cells[column]).filter(isEditable);
  const first = heads().findIndex((head) => head.classList.contains("is-focus"));
  const column = inColumn(here).length ? here : Math.max(first, 0);
  const cells = inColumn(column);
  const where = cells.length ? nameOf(cells[0]).slice(pupilOf(cells[0]).length + 2) : "this column";
  return { where, cells: cells.filter((cell) => !textOf(cell)) };
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
    ? `${plural(left, "pupil has", "pupils have")} no point before: ${left === 1 ? "that cell stays" : "those cells stay"} empty.`
    : "";
  const button = dialog.querySelector("[type=submit]");
  button.textContent = count ? `Fill ${plural(count, "cell", "cells")}` : "Nothing to fill";
  button.disabled = !count;
}

export function askToFill() {
  if (!dialog || dialog.open) return;
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
