// Judgements said by one key: `=` the last points, `+` and `-` one step from them, `.` absent, `x` not required. Saved at once, and on to the next.
// The last points before stand faintly in an empty cell: its `data-g`.

import { onwards } from "./moving.js";
import { save } from "./saving.js";
import { body, isEditable, ofColumn, textOf } from "./sheet.js";

const FIRST_POINT = 1;
const LAST_POINT = 101;
const RELATIVE = /^(?:=|([+\-−–])\s*(\d{0,3}))$/;
const WORDS = { ".": "absent", x: "not required" };

export const isRelative = (text) => RELATIVE.test(text);

// How many steps from the last points: `=` is none, `+` one, `-3` three down.
function steps(text) {
  const [, sign, size] = RELATIVE.exec(text);
  if (!sign) return 0;
  return (sign === "+" ? 1 : -1) * Number(size || 1);
}

const subjectOf = (cell) => ofColumn(cell.cellIndex).split(".")[0];

// Whether another term of the same subject is on its way: then what stands here faintly may not be the last any more.
const isBeforeOnItsWay = (cell) =>
  [...cell.parentElement.querySelectorAll("[data-typed]")].some((other) => other !== cell && subjectOf(other) === subjectOf(cell));

// What is to stand in the cell. Where the page does not know the last points, or they would lead off the scale, the server says what is so.
export function meant(cell, text) {
  if (WORDS[text.toLowerCase()]) return WORDS[text.toLowerCase()];
  if (!isRelative(text) || cell.dataset.g === undefined || isBeforeOnItsWay(cell)) return text;
  const points = Number(cell.dataset.g) + steps(text);
  return points >= FIRST_POINT && points <= LAST_POINT ? String(points) : text;
}

// Takes what was typed into the cell, and goes on from there.
export function take(cell, text, move) {
  const value = meant(cell, text);
  if (value !== textOf(cell) || cell.classList.contains("is-refused")) save(cell, value);
  onwards(cell, move);
}

function takeKey(cell, event) {
  if (!isEditable(cell)) return;
  event.preventDefault();
  take(cell, event.key, "down");
}

export const ENTRIES = Object.fromEntries(["=", "+", "-", ".", "x", "X"].map((key) => [key, takeKey]));

// Where one enters in several terms of a subject, what was entered in one stands faintly in those after it.
function renewGhosts() {
  for (const answered of body.querySelectorAll("[data-gs]")) {
    const ghosts = new Map(answered.dataset.gs.split(" ").map((each) => each.split(":")));
    delete answered.dataset.gs;
    for (const cell of answered.parentElement.cells) {
      const ghost = isEditable(cell) ? ghosts.get(ofColumn(cell.cellIndex)) : undefined;
      if (ghost) cell.dataset.g = ghost;
      else if (ghost === "") delete cell.dataset.g;
    }
  }
}

export function startEntering() {
  document.addEventListener("htmx:afterSwap", renewGhosts);
  document.addEventListener("htmx:oobAfterSwap", renewGhosts);
}
