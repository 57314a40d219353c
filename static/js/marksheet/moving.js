// The one cell with the tab stop, and how keys move it (ARIA Authoring Practices, data grid): arrows do not wrap. A cell that is answered is
// another element: whoever was in the old one is in the new one.

import { at, beside, body, heads, isEditable, isShown, lastShown, place } from "./sheet.js";

const PAGE = 10;
let active = null;
let activePlace = [0, 0];
let left = null;
const listeners = [];

export const activeCell = () => active;
// Its [row, column], also while the cell that was there has gone and its answer is not active yet.
export const activeAt = () => activePlace;

export function activate(cell, { focus = true } = {}) {
  if (active && active !== cell) active.removeAttribute("tabindex");
  const [row, column] = activePlace;
  active = cell;
  activePlace = place(cell);
  cell.tabIndex = 0;
  if (focus) cell.focus({ preventScroll: false });
  if (row !== activePlace[0] || column !== activePlace[1]) for (const told of listeners) told(cell);
}

// Told of the cell that is active from now on, where it is at another place than the one before.
export function whenMoved(told) {
  listeners.push(told);
}

export const MOVES = {
  ArrowUp: (row, column) => at(row - 1, column),
  ArrowDown: (row, column) => at(row + 1, column),
  ArrowLeft: (row, column) => beside(row, column, -1),
  ArrowRight: (row, column) => beside(row, column, 1),
  PageUp: (row, column) => at(row - PAGE, column),
  PageDown: (row, column) => at(row + PAGE, column),
  Home: (row, column, { ctrlKey }) => at(ctrlKey ? 0 : row, 0),
  End: (row, column, { ctrlKey }) => lastShown(ctrlKey ? Infinity : row),
};

// After what was typed. Down from the last pupil leads to the first one of the next column to enter in, so that a class in four subjects is
// typed without a move between them.
export function onwards(cell, move) {
  const [row, column] = place(cell);
  if (move === "down") activate(row + 1 < body.rows.length ? at(row + 1, column) : (topOfNext(column) ?? cell));
  else if (move === "right") activate(nextColumn(column) === null ? beside(row, column, 1) : at(row, nextColumn(column)));
  else if (move === "left") activate(beside(row, column, -1));
  else if (move === "stay") activate(cell);
}

const isInFocus = (head) => isShown(head.cellIndex) && head.classList.contains("is-focus") && head.classList.contains("is-open");

// Where several columns are entered in, Tab leads from one to the next; where there is one, to what stands beside it.
function nextColumn(column) {
  const inFocus = heads().map(isInFocus);
  if (inFocus.filter(Boolean).length < 2) return null;
  const next = inFocus.indexOf(true, column + 1);
  return next < 0 ? null : next;
}

function topOfNext(column) {
  const next = nextColumn(column);
  if (next === null) return null;
  return [...body.rows].map((row) => row.cells[next]).find(isEditable) ?? null;
}

// `taken` is what was being typed in the cell that goes.
export function leave(target, take) {
  if (!active || target !== active) return;
  left = { hadFocus: active.contains(document.activeElement), editing: take() };
}

export function restore(open) {
  if (!left && body.contains(active)) return;
  const cell = at(...activePlace);
  activate(cell, { focus: Boolean(left?.hadFocus) && !left.editing });
  if (left?.editing) open(cell, left.editing);
  left = null;
}
