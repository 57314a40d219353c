// Undo and redo of one's own changes. The server knows them from the history, so that they work after a reload too.
//
// Undo takes back the last thing one did. What is typed and waits to be sent is taken back on the page, and never leaves it; what is on its way is
// waited for, and then taken back by the server. While there is no connection nothing that was saved is taken back.
//
// The buttons hold the key of the act that they mean, and it is sent along: where another has come on top of it, in another tab, or it was taken
// back already and only the answer was lost, the server does nothing and says so.

import { post } from "./blocks.js";
import { activate, activeCell } from "./moving.js";
import { each } from "./queue.js";
import { queue, stepBack } from "./saving.js";
import { askToSignIn } from "./signing.js";
import { announce, cellOf, form, isEditable, nameOf, storedText, whenReplaced } from "./sheet.js";

const POLL = 40;
const buttonOf = (door) => form.querySelector(`button[data-${door}]`);
const said = () => document.getElementById("sheet-said");
let turn = Promise.resolve();
let isTaking = false;

// One after the other: whoever presses the keys five times goes five acts back.
function take(door) {
  turn = turn.then(() => takeBack(door)).catch(() => {});
}

export const undo = () => take("undo");
export const redo = () => take("redo");

async function takeBack(door) {
  const focused = document.activeElement;
  if (door === "undo" && takeBackTyped()) return;
  if (!(await isAllSaved())) {
    announce(`Not ${door === "undo" ? "undone" : "redone"}: what you typed is not saved yet. It is sent again by itself.`);
    return;
  }
  said().replaceChildren();
  // A key without a button means no act: what was done in another window since is not taken back unseen.
  if (buttonOf(door).disabled) {
    announce(`There is nothing to ${door}.`);
    return;
  }
  isTaking = true;
  const status = await post(door, { act: buttonOf(door).value });
  isTaking = false;
  if (status === 401) askToSignIn();
  if (status === 423) document.getElementById("because-field")?.removeAttribute("hidden");
  const told = said().querySelector("[data-undo]");
  if (!told) return;
  show("undo", told.dataset.undo, told.dataset.undoAct);
  show("redo", told.dataset.redo, told.dataset.redoAct);
  const first = told.dataset.key && cellOf(told.dataset);
  const stays = focused?.matches?.("button:not([disabled])") && focused.isConnected;
  if (first) activate(first, { focus: !stays });
  else if (!stays) activeCell()?.focus();
}

// What was typed last and has not left the page, a block as a whole; whether there was any.
function takeBackTyped() {
  const isOpen = (job) => job.text !== storedText(cellOf(job));
  const open = queue.waiting.filter((job) => job !== queue.flying && each(job).some(isOpen));
  if (!open.length) return false;
  const last = open.reduce((latest, job) => ((job.turn ?? 0) >= (latest.turn ?? 0) ? job : latest));
  const cells = each(last).map(cellOf);
  for (const cell of cells) stepBack(cell);
  activate(cells[0]);
  announce(cells.length > 1 ? `Taken back: ${cells.length} cells, not saved.` : `Taken back: ${nameOf(cells[0])}, not saved.`);
  return true;
}

async function isAllSaved() {
  while (queue.waiting.length && !queue.hasFailed) await new Promise((go) => setTimeout(go, POLL));
  return !queue.waiting.length;
}

function show(door, what, act) {
  const button = buttonOf(door);
  button.disabled = !what;
  button.value = act;
  button.title = what ? `${door === "undo" ? "Undo" : "Redo"}: ${what}` : "";
}

// Whether it changes cells of this sheet and is not undo or redo itself: below its address, or in the history of one of its cells.
function isOfSheet(path, sheet) {
  if (path.startsWith(sheet)) return !/\/(undo|redo)\/$/.test(path);
  const [, key, subject, point] = path.match(/\/judgements\/([^/]+)\/([^/]+)\/([^/]+)\//) ?? [];
  return Boolean(key && cellOf({ key, of: `${subject}.${point}` })?.matches("td.e"));
}

export function startUndoing() {
  if (!buttonOf("undo")) return;
  whenReplaced((cells) => {
    for (const cell of cells) if (isTaking && isEditable(cell) && cell.dataset.typed === undefined) cell.classList.add("is-saved");
  });
  for (const door of ["undo", "redo"]) {
    buttonOf(door).addEventListener("click", (event) => {
      event.preventDefault();
      // The second click of a double one; whoever goes on clicking means it.
      if (event.detail !== 2) take(door);
    });
  }
  // Whatever else is saved can be taken back, and ends what could be done again.
  const [sheet] = form.action.split("?");
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const path = new URL(detail.requestConfig.path, location.href).href.split("?")[0];
    if (detail.requestConfig.verb !== "post" || !isOfSheet(path, sheet)) return;
    const act = detail.xhr.getResponseHeader("LEP-Act") ?? "";
    // A save that wrote nothing had been written before, and its answer was lost: whichever act is the last is meant.
    const isWritten = act || (detail.xhr.status === 200 && (path === sheet || path === `${sheet}cells/`));
    if (!isWritten) return;
    show("undo", "the last change", act);
    show("redo", "", "");
    said().replaceChildren();
  });
  said().addEventListener("click", ({ target }) => {
    if (!target.closest("[data-close-said]")) return;
    said().replaceChildren();
    activeCell()?.focus();
  });
}
