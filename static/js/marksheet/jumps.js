// Odd steps (more than six in a term, or down): asked about in the cell once it is saved, answered with a key, never forbidden.

import { post } from "./blocks.js";
import { activate } from "./moving.js";
import { announce, body, cellOf, keyOf, nameOf, ofColumn } from "./sheet.js";

// The cells that were asked about since the page was opened, the latest last.
let asked = [];

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
  new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]);
    const cells = added.filter((node) => node.nodeName === "TD" && node.isConnected && isOdd(node));
    if (cells.length) ask(cells);
  }).observe(body, { childList: true, subtree: true });
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
