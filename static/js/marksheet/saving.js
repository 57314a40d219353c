// From a cell to the server and back: what is typed is queued, sent by htmx, and answered with the cell as it then stands.

import { TIMEOUT } from "./asking.js";
import { post } from "./blocks.js";
import { editor } from "./editor.js";
import { isNarrowed, keep, kept, keptElsewhere, wholeSheet } from "./keeping.js";
import { activeCell, leave, restore } from "./moving.js";
import { ANSWERED, each, Queue } from "./queue.js";
import {
  announce,
  body,
  cellOf,
  form,
  isEditable,
  keyOf,
  nameOf,
  ofColumn,
  sawOf,
  showTyped,
  storedText,
  takeBack,
  whenReplaced,
} from "./sheet.js";
import { askToSignIn, noNeedToSignIn, startSigning } from "./signing.js";

const state = document.getElementById("sheet-state");
const again = form?.querySelector("[data-again]");
let lastSaved = "";
let answered = 0;
let acts = 0;
let turns = 0;
// What was refused and not taken back, as it was sent: by pupil and column.
const refused = new Map();
const idOf = (key, of) => `${key} ${of}`;

function tell(of) {
  const waiting = of.waiting.flatMap(each);
  keep([...notShown, ...refused.values(), ...waiting]);
  for (const job of waiting) {
    const cell = cellOf(job);
    if (cell?.dataset.typed === undefined || cell.classList.contains("is-refused")) continue;
    cell.classList.toggle("is-unsaved", of.hasFailed);
    cell.classList.toggle("is-saving", !of.hasFailed);
  }
  const unsaved = (of.hasFailed ? waiting.length : 0) + body.querySelectorAll(".is-refused").length;
  state.classList.toggle("is-bad", unsaved > 0);
  if (unsaved) state.textContent = `${unsaved} not saved`;
  else if (waiting.length) state.textContent = "Saving";
  else if (lastSaved) {
    state.textContent = "Saved";
    const said = document.createElement("span");
    said.className = "visually-hidden";
    said.textContent = `: ${lastSaved}`;
    state.append(said);
  } else state.textContent = "";
  again.hidden = !of.hasFailed;
}

async function send(job) {
  if (job.cells) return sendBlock(job);
  const cell = cellOf(job);
  answered = 0;
  await htmx
    // The form names the term that is shown, also where the address does not.
    .ajax("POST", form.action, {
      source: document.body,
      target: cell,
      swap: "outerHTML",
      values: {
        pupil: job.key,
        of: job.of,
        value: job.text,
        saw: job.saw,
        because: document.getElementById("because")?.value ?? "",
      },
    })
    .catch(() => {});
  if (ANSWERED.has(answered)) settle(job, answered);
  if (answered === 401) askToSignIn();
  return answered;
}

// Cells that are written as one act. In the answer each stands for itself: one may be refused, and the others saved.
async function sendBlock({ cells }) {
  const sent = cells.map(({ key: pupil, of, text: value, saw }) => ({ pupil, of, value, saw }));
  const before = cells.map(cellOf);
  const status = await post("cells", { cells: JSON.stringify(sent) });
  if (status === 401) askToSignIn();
  if (!ANSWERED.has(status)) return status;
  // What the answer has nothing of is of a pupil who has left the sheet.
  const became = cells.map((job, index) => [job, cellOf(job) === before[index] ? 404 : statusOf(cellOf(job), status)]);
  for (const [job, its] of became) (its === 404 ? refuse : settle)(job, its);
  const saved = became.filter(([, its]) => its === 200).length;
  const notSaved = cells.length - saved;
  lastSaved = `${saved} cell${saved === 1 ? "" : "s"}`;
  announce(`${lastSaved} saved${notSaved ? `, ${notSaved} not: the reason stands at each` : ""}.`);
  return status;
}

function statusOf(cell, status) {
  if (!cell.classList.contains("is-refused")) return 200;
  if (cell.querySelector("[data-take]")) return 409;
  return status === 423 ? 423 : 422;
}

// After somebody has signed in again the page's own token is no longer the right one: the page, asked for afresh, has it. If it is
// somebody else by now, nothing is saved under that name.
async function renew() {
  const answer = await fetch(location.href, { credentials: "same-origin", redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    askToSignIn();
    throw new Error("not signed in");
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const headers = page.body.getAttribute("hx-headers");
  const whose = (of) => of.querySelector(".menu-note")?.textContent.replace(/\s+/g, " ").trim();
  if (whose(page) !== whose(document)) {
    sayOnce("Somebody else is signed in in this browser by now. What you typed is kept here, and saved when you sign in again.");
    throw new Error("another sign-in");
  }
  if (!headers) throw new Error("no page of ours");
  document.body.setAttribute("hx-headers", headers);
}

function settle(job, status) {
  const cell = cellOf(job);
  const name = nameOf(cell);
  // Typed again while the first was on its way, and perhaps once more.
  const isNext = (one) => one !== job && one.key === job.key && one.of === job.of;
  const waiting = queue.waiting.flatMap(each).filter(isNext);
  const next = waiting.at(-1);
  if (queue.hasFailed) document.getElementById("notice").replaceChildren();
  noNeedToSignIn();
  refused.delete(idOf(job.key, job.of));
  if (status === 200) {
    lastSaved = `${name}, ${cell.querySelector("span").textContent.trim() || "empty"}`;
    cell.classList.add("is-saved");
    for (const one of waiting) one.saw = sawOf(cell);
  } else {
    lastSaved = "";
    // What is asked about in a conflict is what was typed last.
    refused.set(idOf(job.key, job.of), next && status === 409 ? { ...job, text: next.text } : job);
    cell.setAttribute("aria-invalid", "true");
    announce(`${name}: not saved. ${cell.querySelector(".said").firstChild.textContent}`);
    if (status === 423) openReason(cell);
    // A conflict shows what stands there now; another refusal does not, and so nothing newer was seen.
    if (status !== 409) cell.dataset.saw = job.saw;
    else if (next) ask(cell, next);
  }
  restore((at, typed) => editor.open(at, typed));
  if (next && queue.waiting.flatMap(each).includes(next)) showTyped(cell, next.text, "is-saving");
}

// Cells that the server has answered with, whatever was asked: what they say now is so, and what was refused there before is over. What was typed
// into them meanwhile still waits.
function renewed(cells) {
  for (const cell of cells.filter(isEditable)) {
    cell.setAttribute("aria-readonly", "false");
    const [key, of] = [keyOf(cell), ofColumn(cell.cellIndex)];
    if (cell.classList.contains("is-refused")) {
      const saw = cell.dataset.saw ?? sawOf(cell);
      if (!refused.has(idOf(key, of))) refused.set(idOf(key, of), { key, of, text: cell.dataset.typed, saw });
      continue;
    }
    refused.delete(idOf(key, of));
    const job = queue.lastFor(key, of);
    if (job && !isFlying(job)) showTyped(cell, job.text, "is-saving");
  }
  tell(queue);
}

// What was typed meanwhile was not typed over what somebody else entered: it is the one that may be saved over it.
function ask(cell, next) {
  queue.drop(next.key, next.of);
  cell.dataset.typed = next.text;
  cell.querySelector(".typed").textContent = next.text;
  cell.querySelector("[data-take]").textContent = next.text ? `Save ${next.text}` : "Empty it";
}

function openReason(cell) {
  cell.dataset.closed = "true";
  const field = document.getElementById("because-field");
  if (field) field.hidden = false;
}

// The server will never take it: the pupil has left the class, or this person may not enter here any more.
function refuse(job, status) {
  if (job.cells) {
    for (const one of job.cells) refuse(one, status);
    return;
  }
  // Kept beside the others: a reload tries it again.
  refused.set(idOf(job.key, job.of), job);
  const cell = cellOf(job);
  if (!cell) return;
  showTyped(cell, job.text, "is-refused");
  cell.setAttribute("aria-invalid", "true");
  const said = document.createElement("span");
  said.className = "said is-conflict";
  said.textContent =
    status === 404
      ? "This pupil, or the class, is no longer here for you. Open the sheet again to see who is."
      : "This cannot be saved here. Open the sheet again, or ask an assessment leader.";
  const back = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: "Take it back" });
  back.dataset.keep = "";
  said.append(" ", back);
  cell.append(said);
  announce(`${nameOf(cell)}: not saved. ${said.firstChild.textContent}`);
}

export const queue = new Queue({ send, renew, refuse, changed: tell });

// Whether something typed into the cell may have arrived: it is on its way, or was tried and not answered.
const wasSent = (key, of) =>
  queue.waiting.some(
    (job) => (job.wasTried || job === queue.flying) && each(job).some((one) => one.key === key && one.of === of),
  );

const isFlying = (job) => Boolean(job && queue.flying) && each(queue.flying).includes(job);

// What was typed into the cell before, and has not left the page.
const earlierThan = (before) => [...(before.earlier ?? []), { text: before.text, turn: before.turn }];

export function save(cell, text, { isTyped = true } = {}) {
  const key = keyOf(cell);
  const of = ofColumn(cell.cellIndex);
  const before = queue.lastFor(key, of);
  refused.delete(idOf(key, of));
  const saw = before && !isFlying(before) ? before.saw : sawOf(cell);
  // Back to what stands there, and nothing of it has left the page: no need to tell the server.
  if (!wasSent(key, of) && !before?.wasTried && text === storedText(cell) && !cell.dataset.saw) {
    queue.drop(key, of);
    takeBack(cell);
    tell(queue);
    return;
  }
  showTyped(cell, text, "is-saving");
  turns += 1;
  const earlier = isTyped && before && !isFlying(before) && queue.waiting.includes(before) ? earlierThan(before) : [];
  queue.add({ key, of, text, saw, turn: turns, earlier, wasTried: Boolean(before?.wasTried) });
}

// Many cells as one act, each { cell, text }.
export function saveTogether(changes) {
  const cells = changes.map(({ cell, text }) => {
    const job = { key: keyOf(cell), of: ofColumn(cell.cellIndex), text, turn: turns + 1 };
    const before = queue.lastFor(job.key, job.of);
    job.saw = before && !isFlying(before) ? before.saw : sawOf(cell);
    refused.delete(idOf(job.key, job.of));
    showTyped(cell, text, "is-saving");
    return job;
  });
  acts += 1;
  turns += 1;
  queue.add({ key: `act ${acts}`, cells, turn: turns });
}

// What was typed last into a cell that is not saved goes, and what was typed there before it is to be saved again; else as `cancel`.
export function stepBack(cell) {
  const text = cell.dataset.typed === undefined ? undefined : queue.stepBack(keyOf(cell), ofColumn(cell.cellIndex));
  if (text === undefined) cancel(cell);
  else {
    showTyped(cell, text, "is-saving");
    tell(queue);
  }
}

// A cell that is not saved goes back to what stands there. What has left the page may have been saved: taking it back has to be sent too.
export function cancel(cell) {
  if (cell.dataset.typed === undefined) return;
  const job = queue.lastFor(keyOf(cell), ofColumn(cell.cellIndex));
  if (job && (job.wasTried || wasSent(keyOf(cell), ofColumn(cell.cellIndex)))) {
    save(cell, storedText(cell), { isTyped: false });
    return;
  }
  refused.delete(idOf(keyOf(cell), ofColumn(cell.cellIndex)));
  if (job) queue.drop(job.key, job.of);
  takeBack(cell);
  // Now it shows what stands there, also where that is newer than what was seen before.
  delete cell.dataset.saw;
  tell(queue);
}

// What was typed here for pupils whom the filters do not show: it stays kept, for the sheet without them.
let notShown = [];

// What was typed before the page was loaded again goes to the server, with what its person saw then: whoever changed the cell since is asked about.
async function goOn() {
  const jobs = await kept();
  const gone = [];
  for (const job of jobs) {
    const cell = cellOf(job);
    if (!cell && isNarrowed()) notShown.push(job);
    else if (!cell || !isEditable(cell)) gone.push(job);
    // Saved, and only the answer was lost.
    else if (storedText(cell) !== job.text) {
      showTyped(cell, job.text, "is-saving");
      queue.add({ ...job, wasTried: true });
    }
  }
  tell(queue);
  const waiting = queue.waiting.length;
  if (waiting) announce(`${waiting} judgement${waiting > 1 ? "s" : ""} typed before the page was loaded again: saving.`);
  if (gone.length) remind(`${gone.length} of the judgements that were typed here cannot be entered any more: ${gone.map(({ text }) => text).join(", ")}.`);
  if (notShown.length) remind(`${notShown.length} typed before the page was loaded again, for pupils who are not shown.`, wholeSheet());
  for (const { address, cells } of await keptElsewhere()) {
    remind(`${cells} judgement${cells > 1 ? "s" : ""} typed on another marksheet and not saved yet.`, address);
  }
}

const said = new Set();

function sayOnce(text) {
  if (said.has(text)) return;
  said.add(text);
  remind(text);
  announce(text);
}

function remind(text, address) {
  const line = Object.assign(document.createElement("p"), { className: "message is-warning", textContent: `${text} ` });
  if (address) line.append(Object.assign(document.createElement("a"), { href: address, textContent: "Open it and save" }));
  document.getElementById("kept").append(line);
}

export function startSaving() {
  whenReplaced(renewed);
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.requestConfig.verb === "post" && detail.elt === document.body) answered = detail.xhr.status;
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    // What the server says in the notice goes into it, not, like a cell, in its place.
    if (detail.target?.id === "notice") detail.swapOverride = "innerHTML";
    else leave(detail.target, () => editor.takeAway());
  });
  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => leave(detail.target, () => editor.takeAway()));
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.verb === "post" && detail.elt === document.body) detail.timeout = TIMEOUT;
  });
  again.addEventListener("click", () => {
    queue.again();
    // The button goes when it has done its work.
    activeCell()?.focus();
  });
  startSigning(() => queue.again());
  goOn();
  // With a reason given, what was refused for the want of one goes again.
  document.getElementById("because")?.addEventListener("change", () => {
    for (const cell of body.querySelectorAll("[data-closed]")) save(cell, cell.dataset.typed);
  });
  window.addEventListener("online", () => queue.again());
  window.addEventListener("focus", () => queue.hasFailed && queue.again());
  window.addEventListener("beforeunload", (event) => {
    if (queue.waiting.length || body.querySelector(".is-refused")) event.preventDefault();
  });
}
