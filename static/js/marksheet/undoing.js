// Undo and redo of one's own changes. The server knows them from the history, so that they work after a reload too.
//
// Undo takes back the last thing one did. What is typed and waits to be sent is taken back on the page, and never leaves it; what is on its way is
// waited for, and then taken back by the server. While there is no connection nothing that was saved is taken back.

import { post } from "./blocks.js";
import { activate, activeCell } from "./moving.js";
import { each } from "./queue.js";
import { cancel, queue } from "./saving.js";
import { askToSignIn } from "./signing.js";
import { announce, body, cellOf, form, nameOf, storedText } from "./sheet.js";

const POLL = 40;
const buttonOf = (door) => form.querySelector(`button[data-${door}]`);
const said = () => document.getElementById("sheet-said");
let turn = Promise.resolve();

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
  const status = await post(door, {});
  if (status === 401) askToSignIn();
  if (status === 423) document.getElementById("because-field")?.removeAttribute("hidden");
  const told = said().querySelector("[data-undo]");
  if (!told) return;
  show("undo", told.dataset.undo);
  show("redo", told.dataset.redo);
  for (const cell of body.querySelectorAll("td.e:not([aria-readonly])")) {
    cell.setAttribute("aria-readonly", "false");
    cell.classList.add("is-saved");
  }
  const first = told.dataset.key && cellOf(told.dataset);
  const stays = focused?.matches?.("button:not([disabled])") && focused.isConnected;
  if (first) activate(first, { focus: !stays });
  else if (!stays) activeCell()?.focus();
}

// What was typed last and has not left the page, a block as a whole; whether there was any.
function takeBackTyped() {
  const isOpen = (job) => job.text !== storedText(cellOf(job));
  const last = queue.waiting.findLast((job) => job !== queue.flying && each(job).some(isOpen));
  if (!last) return false;
  const cells = each(last).map(cellOf);
  for (const cell of cells) cancel(cell);
  activate(cells[0]);
  announce(cells.length > 1 ? `Taken back: ${cells.length} cells, not saved.` : `Taken back: ${nameOf(cells[0])}, not saved.`);
  return true;
}

async function isAllSaved() {
  while (queue.waiting.length && !queue.hasFailed) await new Promise((go) => setTimeout(go, POLL));
  return !queue.waiting.length;
}

function show(door, what) {
  const button = buttonOf(door);
  button.disabled = !what;
  button.title = what ? `${door === "undo" ? "Undo" : "Redo"}: ${what}` : "";
}

export function startUndoing() {
  if (!buttonOf("undo")) return;
  for (const door of ["undo", "redo"]) {
    buttonOf(door).addEventListener("click", (event) => {
      event.preventDefault();
      take(door);
    });
  }
  // Whatever else is saved can be taken back, and ends what could be done again.
  const [sheet] = form.action.split("?");
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const path = new URL(detail.requestConfig.path, location.href).href;
    if (detail.requestConfig.verb !== "post" || detail.xhr.status !== 200 || !path.startsWith(sheet)) return;
    if (/\/(undo|redo)\/(\?|$)/.test(path)) return;
    show("undo", "the last change");
    show("redo", "");
    said().replaceChildren();
  });
  said().addEventListener("click", ({ target }) => {
    if (!target.closest("[data-close-said]")) return;
    said().replaceChildren();
    activeCell()?.focus();
  });
}
