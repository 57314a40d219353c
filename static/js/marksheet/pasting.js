// A block from a spreadsheet, pasted into the sheet: a dialog shows first what it would do, and it is written when that is confirmed. What was
// pasted stays until it is written or cancelled, whatever becomes of the connection. A single value on a single cell is typed there.

import { ask } from "./asking.js";
import { editor } from "./editor.js";
import { unfoldAll } from "./folding.js";
import { activate, activeCell, restore } from "./moving.js";
import { queue, save } from "./saving.js";
import { selection } from "./selecting.js";
import { body, form, heads, isEditable, keyOf, ofColumn, rows, sawOf } from "./sheet.js";

const LONGEST_TYPED = 40;
const ANSWERED = new Set([200, 409, 422, 423]);
const dialog = document.getElementById("pasting");
const content = document.getElementById("pasting-content");
const state = document.getElementById("pasting-state");
const again = dialog?.querySelector("[data-paste-again]");
let attempt = null;
let isBusy = false;
let opened = 0;

const place = (door) => {
  const [path, query] = form.action.split("?");
  return `${path}${door}/?${query ?? ""}`;
};

// What this page shows: its pupils in their order, and what stands in each cell that can be entered.
function seen() {
  const open = heads().flatMap((head, index) => (head.classList.contains("is-open") ? [index] : []));
  return JSON.stringify({
    columns: open.map(ofColumn),
    rows: rows().map((row) => [
      keyOf(row.cells[0]),
      ...open.map((index) => (isEditable(row.cells[index]) ? sawOf(row.cells[index]) : null)),
    ]),
  });
}

const askHere = (verb, address, target, values = {}) => ask(verb, address, { source: content, target, swap: "innerHTML", values });

const TROUBLE = {
  0: "No connection. Nothing was written, and what you pasted is still here.",
  401: "Your sign-in has come to its end. Sign in again in another window, then try again: what you pasted is still here.",
  403: "This was not taken. Sign in again in another window, then try again: what you pasted is still here.",
  404: "These pupils, or the class, are no longer here for you. Open the sheet again to see who is.",
};

// One thing after the other, with a word about it; where no answer comes it can be tried again. Answers with the status.
async function attend(words, run, doubtful = "") {
  if (isBusy) return 0;
  isBusy = true;
  again.hidden = true;
  state.classList.remove("is-bad");
  state.textContent = words;
  const mine = opened;
  const status = await run();
  isBusy = false;
  if (mine !== opened) return status;
  const isAnswered = ANSWERED.has(status);
  state.textContent = isAnswered ? "" : (!status && doubtful) || (TROUBLE[status] ?? "The server has trouble. What you pasted is still here: try again in a minute.");
  state.classList.toggle("is-bad", !isAnswered);
  again.hidden = isAnswered;
  attempt = isAnswered ? null : () => attend(words, run, doubtful);
  return status;
}

function open() {
  opened += 1;
  isBusy = false;
  content.replaceChildren();
  if (!dialog.open) dialog.showModal();
}

// A narrow sheet or a long one: the reader begins at what it says in short.
function lead() {
  (content.querySelector("#paste-summary") ?? content.querySelector("#paste-text"))?.focus();
}

async function show(values) {
  const mine = opened;
  const sent = { because: document.getElementById("because")?.value ?? "", ...values };
  const status = await attend("Reading what was copied", () => askHere("POST", place("paste"), "#pasting-content", sent));
  if (mine === opened && ANSWERED.has(status)) lead();
}

function offer(text) {
  const { rows: lines, isBlock } = selection();
  const first = lines[0][0];
  const last = lines.at(-1).at(-1);
  // A block goes into columns that lie beside each other: nobody pastes where nobody sees.
  unfoldAll();
  open();
  show({
    text: text.replace(/[\t\r\n ]+$/, ""),
    pupil: keyOf(first),
    of: ofColumn(first.cellIndex) ?? "",
    ...(isBlock && { until_pupil: keyOf(last), until_of: ofColumn(last.cellIndex) ?? "" }),
    saw: seen(),
  });
}

async function write(values) {
  const mine = opened;
  const run = async () => {
    const status = await askHere("POST", place("paste"), "#sheet-answers", values);
    // Whatever was open goes on where the answered cells now stand; the sheet counts what was refused.
    restore((cell, typed) => editor.open(cell, typed));
    queue.changed(queue);
    if (mine === opened && ANSWERED.has(status)) dialog.close();
    return status;
  };
  // What was sent may have arrived: sent again it writes nothing twice.
  await attend("Saving", run, "No connection. What you pasted is still here: try again, nothing is written twice.");
}

function onPaste(event) {
  const box = event.target.closest?.("input, textarea");
  if (dialog.open || !body.contains(document.activeElement) || (box && !box.classList.contains("editor"))) return;
  const text = event.clipboardData.getData("text/plain");
  const isOne = !/[\t\r\n]/.test(text.replace(/[\t\r\n ]+$/, ""));
  // What is being typed goes on with what is pasted.
  if (!text || (box && isOne)) return;
  event.preventDefault();
  editor.takeAway();
  const cell = activeCell();
  if (isOne && !selection().isBlock && isEditable(cell) && text.trim() && text.trim().length <= LONGEST_TYPED) save(cell, text.trim());
  else offer(text);
}

// For whoever has no keyboard for it: a box to paste into, at the active cell.
async function askForText(address) {
  unfoldAll();
  open();
  const mine = opened;
  const status = await attend("Opening", () => askHere("GET", address, "#pasting-content"));
  if (mine !== opened || !ANSWERED.has(status)) return;
  const cell = activeCell();
  const choose = (name, value) => {
    const choice = content.querySelector(`select[name="${name}"]`);
    if (choice && [...choice.options].some((option) => option.value === value)) choice.value = value;
  };
  choose("pupil", keyOf(cell));
  choose("of", ofColumn(cell.cellIndex) ?? "");
  lead();
}

function onSubmit(event) {
  const sent = event.target;
  event.preventDefault();
  const values = {};
  for (const [name, value] of new FormData(sent)) {
    if (name === "csrfmiddlewaretoken") continue;
    if (name === "over") (values.over ??= []).push(value);
    else values[name] = value;
  }
  if (sent.matches("[data-paste-ask]")) show({ ...values, saw: seen() });
  else write({ ...values, confirm: "1" });
}

export function startPasting() {
  if (!dialog) return;
  document.addEventListener("paste", onPaste);
  form.querySelector("[data-paste]")?.addEventListener("click", (event) => {
    event.preventDefault();
    askForText(event.currentTarget.href);
  });
  content.addEventListener("submit", onSubmit);
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-paste-cancel]")) return;
    event.preventDefault();
    dialog.close();
  });
  again.addEventListener("click", () => attempt?.());
  dialog.addEventListener("close", () => {
    opened += 1;
    attempt = null;
    content.replaceChildren();
    activate(activeCell());
  });
}
