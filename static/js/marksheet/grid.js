// The marksheet as a grid (ARIA Authoring Practices, data grid): one tab stop, arrows move and do not wrap, typing edits.
// Without this script the same sheet is a form.

import { Editor } from "./editor.js";
import { Queue } from "./queue.js";
import { showWhy } from "./why.js";

const form = document.getElementById("sheet");
const table = document.getElementById("grid");
const body = table?.tBodies[0];
const PAGE = 10;
const SAVE_TIMEOUT = 20_000;

// Where things are

const columns = () => [...table.tHead.rows[0].cells];
const keyOf = (row) => row.cells[0].id.slice(2);
const ofColumn = (index) => columns()[index]?.dataset.of;
const isEditable = (cell) => cell.classList.contains("e");

function cellOf({ key, of }) {
  const row = document.getElementById(`p-${key}`)?.parentElement;
  const index = columns().findIndex((head) => head.dataset.of === of);
  return row?.cells[index];
}

function nameOf(cell) {
  return `${cell.parentElement.cells[0].querySelector("a").textContent}, ${columns()[cell.cellIndex].textContent.trim()}`;
}

// What stands in a cell as it was sent to us, and what is typed over it. The stylesheet shows the latter in the place of the former, which
// comes back when it is taken back. `data-saw` is what the person saw when the cell was typed over.

const storedText = (cell) => (cell.querySelector("span") ?? cell).firstChild?.textContent ?? "";
const sawOf = (cell) => cell.dataset.saw ?? `${cell.dataset.v ?? 0}:${storedText(cell)}`;
const textOf = (cell) => cell.dataset.typed ?? storedText(cell);

function showTyped(cell, text, state) {
  takeBack(cell);
  cell.dataset.typed = text;
  cell.classList.add(state);
  const typed = document.createElement("b");
  typed.className = "typed";
  typed.textContent = text;
  cell.querySelector("span").after(typed);
}

function takeBack(cell) {
  delete cell.dataset.typed;
  delete cell.dataset.closed;
  cell.classList.remove("is-saving", "is-unsaved", "is-refused", "is-saved");
  cell.removeAttribute("aria-invalid");
  cell.removeAttribute("aria-describedby");
  for (const part of cell.querySelectorAll(".said, .typed")) part.remove();
}

// Moving

let active = null;
let activePlace = [0, 0];

function activate(cell, { focus = true } = {}) {
  if (active && active !== cell) active.removeAttribute("tabindex");
  active = cell;
  activePlace = place(cell);
  cell.tabIndex = 0;
  if (focus) cell.focus({ preventScroll: false });
}

const place = (cell) => [cell.parentElement.sectionRowIndex, cell.cellIndex];

function at(row, column) {
  const rows = body.rows;
  const line = rows[Math.max(0, Math.min(row, rows.length - 1))];
  return line.cells[Math.max(0, Math.min(column, line.cells.length - 1))];
}

const MOVES = {
  ArrowUp: (row, column) => at(row - 1, column),
  ArrowDown: (row, column) => at(row + 1, column),
  ArrowLeft: (row, column) => at(row, column - 1),
  ArrowRight: (row, column) => at(row, column + 1),
  PageUp: (row, column) => at(row - PAGE, column),
  PageDown: (row, column) => at(row + PAGE, column),
  Home: (row, column, { ctrlKey }) => at(ctrlKey ? 0 : row, 0),
  End: (row, column, { ctrlKey }) => at(ctrlKey ? Infinity : row, Infinity),
};


// Saving

const state = document.getElementById("sheet-state");
const again = form?.querySelector("[data-again]");
let lastSaved = "";

function tell(queue) {
  const waiting = queue.waiting;
  for (const job of waiting) {
    const cell = cellOf(job);
    if (cell?.dataset.typed === undefined) continue;
    cell.classList.toggle("is-unsaved", queue.hasFailed);
    cell.classList.toggle("is-saving", !queue.hasFailed);
  }
  const refused = body.querySelectorAll(".is-refused").length;
  const unsaved = (queue.hasFailed ? waiting.length : 0) + refused;
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
  again.hidden = !queue.hasFailed;
}

function announce(text) {
  document.getElementById("announcement").textContent = text;
}

let answered = 0;
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.requestConfig.verb === "post" && detail.elt === document.body) answered = detail.xhr.status;
});

async function send(job) {
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
  if ([200, 409, 422, 423].includes(answered)) settle(job, answered);
  return answered;
}

// After somebody has signed in again the page's own token is no longer the right one: the page, asked for afresh, has it. If it is
// somebody else by now, nothing is saved under that name.
async function renew() {
  const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const headers = page.body.getAttribute("hx-headers");
  const whose = (of) => of.querySelector(".menu-note")?.textContent.replace(/\s+/g, " ").trim();
  if (!headers || !page.getElementById("sheet") || whose(page) !== whose(document)) throw new Error("another sign-in");
  document.body.setAttribute("hx-headers", headers);
}

function settle(job, status) {
  const cell = cellOf(job);
  cell.setAttribute("aria-readonly", "false");
  const name = nameOf(cell);
  // Typed again while the first was on its way.
  const next = queue.waiting.find((each) => each !== job && each.key === job.key && each.of === job.of);
  if (queue.hasFailed) document.getElementById("notice").replaceChildren();
  if (status === 200) {
    lastSaved = `${name}, ${cell.textContent.trim() || "empty"}`;
    cell.classList.add("is-saved");
    if (next) next.saw = sawOf(cell);
  } else {
    lastSaved = "";
    cell.setAttribute("aria-invalid", "true");
    announce(`${name}: not saved. ${cell.querySelector(".said").firstChild.textContent}`);
    if (status === 423) openReason(cell);
    // A conflict shows what stands there now; another refusal does not, and so nothing newer was seen.
    if (status !== 409) cell.dataset.saw = job.saw;
    else if (next) ask(cell, next);
  }
  restore();
  if (next && queue.waiting.includes(next)) showTyped(cell, next.text, "is-saving");
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

// A cell that is answered, and the steps beside it, are other elements: whoever was in one is in the new one.

let left = null;

function leave(target) {
  if (!active || target !== active) return;
  left = { hadFocus: active.contains(document.activeElement), editing: editor.takeAway() };
}

function restore() {
  if (!left && body.contains(active)) return;
  const cell = at(...activePlace);
  activate(cell, { focus: Boolean(left?.hadFocus) && !left.editing });
  if (left?.editing) editor.open(cell, left.editing);
  left = null;
}

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  // What the server says in the notice goes into it, not, like a cell, in its place.
  if (detail.target?.id === "notice") detail.swapOverride = "innerHTML";
  else leave(detail.target);
});
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => leave(detail.target));

const queue = new Queue({ send, renew, refuse, changed: tell });

function save(cell, text) {
  const key = keyOf(cell.parentElement);
  const of = ofColumn(cell.cellIndex);
  const before = queue.lastFor(key, of);
  const saw = before && before !== queue.flying ? before.saw : sawOf(cell);
  const wasTried = Boolean(before?.wasTried) || before === queue.flying;
  // Back to what stands there, and nothing of it has left the page: no need to tell the server.
  if (!wasTried && text === storedText(cell) && !cell.dataset.saw) {
    queue.drop(key, of);
    takeBack(cell);
    tell(queue);
    return;
  }
  showTyped(cell, text, "is-saving");
  queue.add({ key, of, text, saw, wasTried: Boolean(before?.wasTried) });
}

// Editing

const editor = new Editor({
  label: nameOf,
  done(cell, text, move) {
    const isRefused = cell.classList.contains("is-refused");
    if (text !== null && (text !== textOf(cell) || isRefused)) save(cell, text);
    const [row, column] = place(cell);
    if (move === "down") activate(at(row + 1, column));
    else if (move === "right") activate(at(row, column + 1));
    else if (move === "left") activate(at(row, column - 1));
    else if (move === "stay") activate(cell);
  },
});

function edit(cell, text) {
  if (isEditable(cell)) editor.open(cell, { value: text ?? textOf(cell), isTyped: text !== undefined });
}

// Keys and pointers

function onKey(event) {
  const cell = event.target;
  if (cell.parentElement?.parentElement !== body) return;
  const move = MOVES[event.key];
  if (move && !event.altKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    activate(move(...place(cell), event));
  } else if (ACTIONS[event.key] && !event.ctrlKey && !event.altKey && !event.metaKey) {
    ACTIONS[event.key](cell, event);
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey && isEditable(cell)) {
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
  if (!isEditable(cell)) return;
  event.preventDefault();
  if (textOf(cell)) save(cell, "");
}

// Escape on a cell that is not saved. What has left the page may have been saved: taking it back has to be sent too.
function cancel(cell) {
  if (cell.dataset.typed === undefined) return;
  const job = queue.lastFor(keyOf(cell.parentElement), ofColumn(cell.cellIndex));
  if (job && (job.wasTried || job === queue.flying)) {
    save(cell, storedText(cell));
    return;
  }
  if (job) queue.drop(job.key, job.of);
  takeBack(cell);
  // Now it shows what stands there, also where that is newer than what was seen before.
  delete cell.dataset.saw;
  tell(queue);
}

const ACTIONS = {
  Enter: enter,
  F2: enter,
  Delete: empty,
  Backspace: empty,
  Escape: cancel,
  "?": (cell, event) => {
    event.preventDefault();
    showWhy(form, keyOf(cell.parentElement), ofColumn(cell.cellIndex));
  },
};

function onClick(event) {
  const cell = event.target.closest("tbody td");
  if (!cell) return;
  if (event.target.closest("[data-keep]")) {
    cancel(cell);
    activate(cell);
  } else if (event.target.closest("[data-take]")) {
    save(cell, cell.dataset.typed);
    activate(cell);
  } else if (!event.target.closest("input, .said")) {
    activate(cell);
    if (event.pointerType === "touch") edit(cell);
  }
}

function start() {
  form.classList.add("is-live");
  table.setAttribute("role", "grid");
  table.setAttribute("aria-readonly", "true");
  for (const cell of body.querySelectorAll("td.e")) cell.setAttribute("aria-readonly", "false");
  for (const link of body.querySelectorAll("th a")) link.tabIndex = -1;
  const focusColumn = columns().findIndex((head) => head.classList.contains("is-focus"));
  const firstEmpty = [...body.rows].find((row) => !storedText(row.cells[focusColumn]));
  activate((firstEmpty ?? body.rows[0]).cells[focusColumn], { focus: false });
  // A link to a pupil leads into the pupil's cell; the browser, which goes to the row by itself, has to be done before.
  const follow = () => {
    const row = location.hash && document.getElementById(location.hash.slice(1))?.closest("#grid tbody tr");
    if (row) activate(row.cells[focusColumn]);
  };
  window.addEventListener("hashchange", () => setTimeout(follow));
  if (document.readyState === "complete") setTimeout(follow);
  else window.addEventListener("load", () => setTimeout(follow));
  // A narrow page begins at the column to enter in, beside the names.
  const region = table.parentElement;
  region.scrollLeft = active.offsetLeft - active.parentElement.cells[0].offsetWidth;
  table.addEventListener("keydown", onKey);
  table.addEventListener("click", onClick);
  table.addEventListener("dblclick", (event) => {
    const cell = event.target.closest("tbody td");
    if (cell && isEditable(cell)) edit(cell);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  again.addEventListener("click", () => queue.again());
  // With a reason given, what was refused for the want of one goes again.
  document.getElementById("because")?.addEventListener("change", () => {
    for (const cell of body.querySelectorAll("[data-closed]")) save(cell, cell.dataset.typed);
  });
  form.querySelector("[data-why-active]")?.addEventListener("click", () => {
    showWhy(form, keyOf(active.parentElement), ofColumn(active.cellIndex));
  });
  window.addEventListener("online", () => queue.again());
  window.addEventListener("focus", () => queue.hasFailed && queue.again());
  window.addEventListener("beforeunload", (event) => {
    if (queue.waiting.length || body.querySelector(".is-refused")) event.preventDefault();
  });
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.verb === "post" && detail.elt === document.body) detail.timeout = SAVE_TIMEOUT;
  });
}

if (body?.rows.length) start();

document.querySelector("form[data-submits]")?.addEventListener("change", ({ currentTarget }) => currentTarget.submit());
