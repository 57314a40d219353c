// Odd steps (more than six in a term, or down): asked about in the cell once it is saved, answered with a key, never forbidden.

import { post } from "./blocks.js";
import { activate } from "./moving.js";
import { announce, body, cellOf, isEditable, keyOf, nameOf, ofColumn, whenReplaced } from "./sheet.js";

// The cells that were asked about since the page was opened, the latest last.
let asked = [];
// What is read out after the steps in a cell that is asked about.
const CHECK = ", to check";

const isOdd = (cell) => Boolean(cell?.dataset.odd) && cell.dataset.typed === undefined;

// The small line in the cell; until it is asked for, a question mark stands there (lep.css).
function show(cell) {
  if (cell.querySelector(".jump")) return;
  const line = Object.assign(document.createElement("small"), { className: "jump", textContent: `${cell.dataset.odd}? ` });
  const yes = Object.assign(document.createElement("button"), { type: "button", className: "button", tabIndex: -1, textContent: "Yes" });
  yes.dataset.confirm = "";
  yes.title = "It is right (y)";
  line.append(yes);
  cell.append(line);
}

function ask(cells) {
  for (const cell of cells) {
    cell.classList.add("is-asked");
    show(cell);
    const one = { key: keyOf(cell), of: ofColumn(cell.cellIndex) };
    asked = [...asked.filter((each) => each.key !== one.key || each.of !== one.of), one];
  }
  const [cell] = cells;
  if (cells.length === 1) announce(`${nameOf(cell)}: ${cell.dataset.odd}? Press y if that is right.`);
  else if (cell) announce(`${cells.length} cells with unusual steps to check.`);
}

// What is asked of later cells of the row, now that one before them has changed.
function renewLater(answered) {
  const told = new Map(answered.dataset.odds.split(";").map((each) => each.split("=")));
  delete answered.dataset.odds;
  for (const cell of answered.parentElement.cells) {
    const odd = isEditable(cell) ? told.get(ofColumn(cell.cellIndex)) : undefined;
    if (odd === undefined || odd === (cell.dataset.odd ?? "")) continue;
    const stored = cell.querySelector("span");
    for (const part of cell.querySelectorAll(".jump")) part.remove();
    for (const word of stored.querySelectorAll("i")) if (word.textContent.endsWith(CHECK)) word.remove();
    cell.classList.remove("is-asked");
    if (odd) {
      cell.dataset.odd = odd;
      stored.append(Object.assign(document.createElement("i"), { textContent: `, ${odd}${CHECK}` }));
    } else delete cell.dataset.odd;
  }
}

// The active cell, else the one asked about last: whoever typed it is one further down by now.
export async function confirmJump(cell, event) {
  event.preventDefault();
  const meant = isOdd(cell) ? cell : asked.map(cellOf).findLast(isOdd);
  if (!meant) {
    announce("Nothing here is asked about.");
    return;
  }
  const told = `${nameOf(meant)}: ${meant.dataset.odd}`;
  const steps = Number.parseInt(meant.dataset.odd.replace("\u2212", "-"), 10);
  const status = await post("confirm", { pupil: keyOf(meant), of: ofColumn(meant.cellIndex), steps });
  if (status === 200) announce(`${told}, confirmed.`);
  else announce(`${told}, not confirmed.`);
}

export function startAsking() {
  whenReplaced((cells) => {
    for (const cell of cells) if (cell.dataset.odds) renewLater(cell);
    const odd = cells.filter(isOdd);
    if (odd.length) ask(odd);
  });
  body.addEventListener("focusin", ({ target }) => isOdd(target.closest("td")) && show(target.closest("td")));
  body.addEventListener("focusout", ({ target, relatedTarget }) => {
    const cell = target.closest("td");
    if (cell && !cell.contains(relatedTarget) && !cell.classList.contains("is-asked")) cell.querySelector(".jump")?.remove();
  });
  body.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-confirm]")?.closest("td");
    if (!cell) return;
    activate(cell);
    confirmJump(cell, event);
  });
}
