// A cell's note, who entered it, and every value before: a dialog over the sheet. What is changed there is shown on the sheet at once.

import { ask } from "./asking.js";
import { editor } from "./editor.js";
import { activate, activeCell, onwards, restore } from "./moving.js";
import { save } from "./saving.js";
import { announce, cellOf, form, isEditable, keyOf, ofColumn, storedText } from "./sheet.js";

const NOBODY = "00000000-0000-0000-0000-000000000000";
const dialog = document.getElementById("cell");
const nothing = dialog?.querySelector("[data-nothing]");
// The cell that the dialog is of: a pupil's key and a column's.
let shown = null;

// `reading.autumn` is the Autumn of reading; the page of why has the address of its neighbours.
function address({ key, of }) {
  const [subject, point] = of.split(".");
  return form.dataset.why.replace(NOBODY, key).replace("/subject-/why/", `/${subject}/${point}/history/`);
}

async function load(there) {
  return (await ask("GET", there, { source: dialog, target: "#cell-history", swap: "outerHTML" })) === 200;
}

const focusOn = (...names) => dialog.querySelector(names.find((name) => dialog.querySelector(name)))?.focus();

// An empty cell has nothing to note beside: it says so at once, so that whoever goes on typing n, e, w, Enter has entered it.
export async function openNote(cell, { first = "#cell-note" } = {}) {
  const of = cell.matches("td.j, td.o") && ofColumn(cell.cellIndex);
  if (!of) {
    announce("Notes and history belong to judgements: go to one of them.");
    return;
  }
  if (cell.dataset.typed !== undefined) {
    announce("What is typed here is not saved yet. A note can be written when it is.");
    return;
  }
  const mine = { key: keyOf(cell), of };
  shown = mine;
  nothing.hidden = Boolean(storedText(cell)) || !isEditable(cell);
  document.getElementById("cell-history").replaceChildren();
  if (!nothing.hidden) {
    dialog.showModal();
    nothing.querySelector("button").focus();
  }
  const isLoaded = await load(address(shown));
  // Another cell was asked for meanwhile: its answer follows.
  if (shown !== mine || !nothing.hidden) return;
  // Not over somebody who has gone on typing.
  if (isLoaded && !dialog.open) {
    if (document.querySelector("#grid .editor")) return;
    dialog.showModal();
  }
  focusOn(first, "#cell-heading");
}

async function refresh({ key, of }) {
  if (!cellOf({ key, of })) return;
  const [place, query] = form.action.split("?");
  const asked = new URLSearchParams(query);
  asked.set("pupil", key);
  asked.set("of", of);
  await ask("GET", `${place}cell/?${asked}`, { source: dialog, target: "#sheet-answers", swap: "innerHTML" });
  restore((cell, typed) => editor.open(cell, typed));
}

function enterNew() {
  const cell = cellOf(shown);
  dialog.close();
  save(cell, "new");
  onwards(cell, "down");
}

export function startNotes() {
  dialog.addEventListener("cell-changed", () => refresh(shown));
  // What was pressed is gone with what it changed.
  dialog.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.requestConfig.verb === "post" && !dialog.contains(document.activeElement)) focusOn("#cell-heading");
  });
  dialog.addEventListener("close", () => activate(activeCell()));
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form?.requestSubmit();
  });
  nothing.querySelector("button").addEventListener("click", enterNew);
  form.querySelector("[data-note-active]")?.addEventListener("click", () => openNote(activeCell()));
  // From why a colour is what it is to where its value comes from.
  document.getElementById("why").addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-history]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    document.getElementById("why").close();
    const [, key, subject] = link.pathname.match(/judgements\/([^/]+)\/([^/]+)\//);
    shown = { key, of: `${subject}.${link.dataset.history}` };
    nothing.hidden = true;
    if (await load(link.href)) dialog.showModal();
    focusOn("#cell-heading");
  });
}
