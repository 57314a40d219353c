// A block of cells, from the one it was begun at to the one it was drawn to: Shift and arrows, Shift and a click, a drag, Ctrl+A.
// A plain move, or Escape, ends it. The active cell stays where it is, and keeps the tab stop.

import { activate, activeAt, activeCell, whenMoved } from "./moving.js";
import { announce, at, body, heads, isShown, nameOf, place, rows, table } from "./sheet.js";

// Both ends, each [row, column]; null where no block is selected.
let block = null;
let painted = [];
let isPaintDue = false;

const bounds = ([[fromRow, fromColumn], [toRow, toColumn]]) => ({
  top: Math.min(fromRow, toRow),
  left: Math.min(fromColumn, toColumn),
  bottom: Math.max(fromRow, toRow),
  right: Math.max(fromColumn, toColumn),
});

// The block, or the active cell as a block of one: `rows` is a list of rows, each a list of cells as they stand in the page now. What is folded
// away is not of it: nobody fills, empties or copies what nobody sees.
export function selection() {
  const { top, left, bottom, right } = bounds(block ?? [activeAt(), activeAt()]);
  return {
    top,
    left,
    bottom,
    right,
    isBlock: Boolean(block),
    rows: rows()
      .slice(top, bottom + 1)
      .map((row) => [...row.cells].slice(left, right + 1).filter((cell) => isShown(cell.cellIndex))),
  };
}

// Selects from one cell to another; the first becomes the active one, unless that is within already.
export function select(from, to) {
  const ends = [place(from), place(to)];
  const { top, left, bottom, right } = bounds(ends);
  const [row, column] = activeAt();
  if (row < top || row > bottom || column < left || column > right) activate(from);
  block = top === bottom && left === right ? null : ends;
  paint();
  if (block) tell();
}

export function extend(to) {
  select(at(...(block?.[0] ?? activeAt())), to);
  to.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// From where the block is drawn on: the far end.
export const far = () => block?.[1] ?? activeAt();

// Whether there was one to end.
export function endSelection() {
  if (!block) return false;
  block = null;
  paint();
  announce("");
  return true;
}

export function selectFocus() {
  const inFocus = heads().flatMap((head, index) => (head.classList.contains("is-focus") && isShown(index) ? [index] : []));
  if (inFocus.length) select(at(0, inFocus[0]), at(body.rows.length - 1, inFocus.at(-1)));
}

function tell() {
  const { top, left, bottom, right } = bounds(block);
  const tall = bottom - top + 1;
  const wide = right - left + 1;
  const size = `${tall} ${tall > 1 ? "rows" : "row"}, ${wide} ${wide > 1 ? "columns" : "column"}`;
  announce(`Selected: ${size}, to ${nameOf(at(...block[1]))}`);
}

function paint() {
  for (const cell of painted) {
    cell.removeAttribute("aria-selected");
    cell.classList.remove("is-top", "is-left", "is-bottom", "is-right");
  }
  const { rows: lines } = selection();
  painted = block ? lines.flat() : [];
  for (const cell of painted) cell.setAttribute("aria-selected", "true");
  if (!block) return;
  for (const cell of lines[0]) cell.classList.add("is-top");
  for (const cell of lines.at(-1)) cell.classList.add("is-bottom");
  for (const line of lines) {
    line[0].classList.add("is-left");
    line.at(-1).classList.add("is-right");
  }
}

// A cell that is answered is another element: the block goes on over it.
function paintSoon() {
  if (!block || isPaintDue) return;
  isPaintDue = true;
  queueMicrotask(() => {
    isPaintDue = false;
    paint();
  });
}

// By mouse: a finger scrolls.
function startDragging() {
  let from = null;
  const under = (event) => event.target.closest?.("#grid tbody :is(td, th)");
  table.addEventListener("mousedown", (event) => {
    const cell = under(event);
    if (!cell || event.button !== 0 || event.target.closest("a, button, input, .said, .offers")) return;
    if (event.shiftKey) {
      // Without the browser's own selection of text.
      event.preventDefault();
      extend(cell);
      activeCell().focus({ preventScroll: true });
    } else from = cell;
  });
  table.addEventListener("mouseover", (event) => {
    const cell = under(event);
    if (!from || !cell || !(event.buttons & 1)) return;
    if (cell === from && !block) return;
    if (!table.classList.contains("is-dragged")) {
      table.classList.add("is-dragged");
      getSelection().removeAllRanges();
      activate(from);
    }
    select(from, cell);
  });
  document.addEventListener("mouseup", () => {
    from = null;
    table.classList.remove("is-dragged");
  });
}

export function startSelecting() {
  table.setAttribute("aria-multiselectable", "true");
  whenMoved(endSelection);
  document.addEventListener("htmx:afterSwap", paintSoon);
  document.addEventListener("htmx:oobAfterSwap", paintSoon);
  startDragging();
}
