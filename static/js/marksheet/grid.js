// The marksheet as a grid (ARIA Authoring Practices, data grid): one tab stop, arrows move and do not wrap, typing edits.
// Without this script the same sheet is a form.

import { startCopying } from "./copying.js";
import { editor } from "./editor.js";
import { ENTRIES, startEntering, take } from "./entering.js";
import { askToFill, emptyBlock, fillBlock, fillDown, startFilling } from "./filling.js";
import { foldHere, startFolding, unfoldAll } from "./folding.js";
import { confirmJump, startAsking } from "./jumps.js";
import { activate, activeCell, MOVES, onwards } from "./moving.js";
import { openNote, startNotes } from "./notes.js";
import { startPasting } from "./pasting.js";
import { cancel, save, startSaving, stepBack } from "./saving.js";
import { endSelection, extend, far, selectFocus, startSelecting } from "./selecting.js";
import { body, form, heads, isEditable, isShown, keyOf, ofColumn, place, storedText, table, textOf } from "./sheet.js";
import { redo, startUndoing, undo } from "./undoing.js";
import { showWhy } from "./why.js";

editor.done = (cell, text, move) => {
  if (text === null) onwards(cell, move);
  else if (move !== "fill") take(cell, text, move);
  else {
    fillBlock(cell, text);
    activate(cell);
  }
};

function edit(cell, text) {
  if (isEditable(cell)) editor.open(cell, { value: text ?? textOf(cell), isTyped: text !== undefined });
}

const isPlain = (event) => !event.ctrlKey && !event.altKey && !event.metaKey;

// Keys beside the plain ones, each { key, ctrl, shift, run(cell, event) }; Command counts as Ctrl. The modules that know them say them.
const SHORTCUTS = [
  { key: "a", ctrl: true, run: selectFocus },
  { key: "d", ctrl: true, run: fillDown },
  { key: "Enter", ctrl: true, run: askToFill },
  { key: "z", ctrl: true, run: undo },
  { key: "y", ctrl: true, run: redo },
  { key: "z", ctrl: true, shift: true, run: redo },
];

const isMeant = (event, { key, ctrl = false, shift = false }) =>
  event.key.toLowerCase() === key.toLowerCase() && (event.ctrlKey || event.metaKey) === ctrl && event.shiftKey === shift && !event.altKey;

function onKey(event) {
  const cell = event.target;
  if (cell.parentElement?.parentElement !== body) return;
  const shortcut = SHORTCUTS.find((each) => isMeant(event, each));
  if (shortcut) {
    event.preventDefault();
    shortcut.run(cell, event);
    return;
  }
  const move = MOVES[event.key];
  if (move && !event.altKey && !event.metaKey) {
    event.preventDefault();
    if (event.shiftKey) extend(move(...far(), event));
    else {
      endSelection();
      activate(move(...place(cell), event));
    }
  } else if (ACTIONS[event.key] && isPlain(event)) {
    ACTIONS[event.key](cell, event);
  } else if (event.key.length === 1 && event.key !== " " && isPlain(event) && isEditable(cell)) {
    event.preventDefault();
    edit(cell, event.key);
  }
}

function enter(cell, event) {
  event.preventDefault();
  if (isEditable(cell)) edit(cell);
  else cell.querySelector("a")?.click();
}

function empty(cell, event) {
  event.preventDefault();
  emptyBlock();
}

const ACTIONS = {
  ...ENTRIES,
  Enter: enter,
  F2: enter,
  Delete: empty,
  Backspace: empty,
  Escape: (cell) => {
    if (!endSelection()) stepBack(cell);
  },
  n: (cell, event) => {
    event.preventDefault();
    openNote(cell);
  },
  h: (cell, event) => {
    event.preventDefault();
    openNote(cell, { first: "#cell-heading" });
  },
  y: confirmJump,
  f: foldHere,
  F: unfoldAll,
  "?": (cell, event) => {
    event.preventDefault();
    showWhy(form, keyOf(cell), ofColumn(cell.cellIndex));
  },
};

// What the last press was made with: not every browser says so of a click.
let pointer = "";

function onClick(event) {
  const cell = event.target.closest("tbody td");
  if (!cell) return;
  if (event.target.closest("button[data-keep]")) {
    cancel(cell);
    activate(cell);
  } else if (event.target.closest("[data-take]")) {
    save(cell, cell.dataset.typed);
    activate(cell);
  } else if (!event.target.closest("input, .said, .offers, [data-confirm]") && !event.shiftKey) {
    endSelection();
    activate(cell);
    if (pointer === "touch") edit(cell);
  }
}

function begin() {
  const focus = () => Math.max(1, heads().findIndex((head) => head.classList.contains("is-focus") && isShown(head.cellIndex)));
  const focusColumn = focus();
  const firstEmpty = [...body.rows].find((row) => !storedText(row.cells[focusColumn]));
  activate((firstEmpty ?? body.rows[0]).cells[focusColumn], { focus: false });
  // A link to a pupil leads into the pupil's cell; the browser, which goes to the row by itself, has to be done before.
  const follow = () => {
    const row = location.hash && document.getElementById(location.hash.slice(1))?.closest("#grid tbody tr");
    if (row) activate(row.cells[focus()]);
  };
  window.addEventListener("hashchange", () => setTimeout(follow));
  if (document.readyState === "complete") setTimeout(follow);
  else window.addEventListener("load", () => setTimeout(follow));
  // A narrow page begins at the column to enter in, beside the names.
  const active = activeCell();
  table.parentElement.scrollLeft = active.offsetLeft - active.parentElement.cells[0].offsetWidth;
}

function start() {
  form.classList.add("is-live");
  table.setAttribute("role", "grid");
  table.setAttribute("aria-readonly", "true");
  for (const cell of body.querySelectorAll("td.e")) cell.setAttribute("aria-readonly", "false");
  for (const link of body.querySelectorAll("th a")) link.tabIndex = -1;
  startFolding();
  begin();
  startSaving();
  startAsking();
  startNotes();
  startSelecting();
  startEntering();
  startCopying();
  startPasting();
  startFilling();
  startUndoing();
  table.addEventListener("keydown", onKey);
  table.addEventListener("pointerdown", ({ pointerType }) => (pointer = pointerType));
  table.addEventListener("click", onClick);
  table.addEventListener("dblclick", (event) => {
    const cell = event.target.closest("tbody td");
    if (cell && isEditable(cell)) edit(cell);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  document.querySelector("[data-to-sheet]")?.addEventListener("click", (event) => {
    event.preventDefault();
    activate(activeCell());
  });
  form.querySelector("[data-why-active]")?.addEventListener("click", () => {
    const cell = activeCell();
    showWhy(form, keyOf(cell), ofColumn(cell.cellIndex));
  });
}

if (body?.rows.length) start();
