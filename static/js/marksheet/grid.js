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

// What stands in a cell as it was sent to us, and what is typed over it. What is typed is an attribute, which the stylesheet shows in the
// place of what stands there: so it can be taken back.

const storedText = (cell) => (cell.querySelector("span") ?? cell).firstChild?.textContent ?? "";
const sawOf = (cell) => `${cell.dataset.v ?? 0}:${storedText(cell)}`;
const textOf = (cell) => cell.dataset.typed ?? storedText(cell);

function showTyped(cell, text, state) {
  takeBack(cell);
  cell.dataset.typed = text;
  cell.classList.add(state);
}

function takeBack(cell) {
  delete cell.dataset.typed;
  cell.classList.remove("is-saving", "is-unsaved", "is-refused");
  cell.querySelector(".said")?.remove();
}

// Moving

let active = null;

function activate(cell, { focus = true } = {}) {
  if (active && active !== cell) active.removeAttribute("tabindex");
  active = cell;
  cell.tabIndex = 0;
  if (focus) cell.focus({ preventScroll: false });
}

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

const place = (cell) => [cell.parentElement.sectionRowIndex, cell.cellIndex];

// Saving

const state = document.getElementById("sheet-state");
const again = form?.querySelector("[data-again]");
let lastSaved = "";

function tell(queue) {
  const waiting = queue.waiting;
  for (const job of waiting) {
    const cell = cellOf(job);
    if (cell && cell.dataset.typed !== undefined) {
      cell.classList.toggle("is-unsaved", queue.hasFailed);
      cell.classList.toggle("is-saving", !queue.hasFailed);
    }
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

let answered = 0;
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.requestConfig.verb === "post" && detail.elt === document.body) answered = detail.xhr.status;
});

async function send(job) {
  const cell = cellOf(job);
  answered = 0;
  await htmx
    // The form names the term that is shown, also where the address does not.
    .ajax("POST", document.getElementById("sheet").action, {
      source: document.body,
      target: cell,
      swap: "outerHTML",
      values: {
        pupil: job.key,
        of: job.of,
        value: job.text,
        saw: cell.dataset.saw ?? sawOf(cell),
        because: document.getElementById("because")?.value ?? "",
      },
    })
    .catch(() => {});
  if ([200, 409, 422, 423].includes(answered)) settle(job);
  return answered;
}

// After somebody has signed in again the page's own token is no longer the right one: the page, asked for afresh, has it.
async function renew() {
  const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const headers = page.body.getAttribute("hx-headers");
  if (headers && page.getElementById("sheet")) document.body.setAttribute("hx-headers", headers);
}

function settle(job) {
  const cell = cellOf(job);
  const refused = cell.classList.contains("is-refused");
  const name = nameOf(cell);
  if (refused) lastSaved = "";
  else {
    lastSaved = `${name}, ${cell.textContent.trim() || "empty"}`;
    cell.classList.add("is-saved");
  }
  const said = cell.querySelector(".said");
  if (said) document.getElementById("announcement").textContent = `${name}: not saved. ${said.firstChild.textContent}`;
  const { row, column, editing } = where ?? {};
  if (where && cell === at(row, column)) {
    activate(cell, { focus: !editing });
    if (editing) editor.open(cell, editing);
  }
  where = null;
  // Typed again while the first was on its way.
  const next = queue.waiting.find((each) => each !== job && each.key === job.key && each.of === job.of);
  if (next) showTyped(cell, next.text, "is-saving");
}

// A cell that is answered is another element: whoever was in it is in the new one.
let where = null;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  // What the server says in the notice goes into it, not, like a cell, in its place.
  if (detail.target?.id === "notice") detail.swapOverride = "innerHTML";
  if (!active || detail.target !== active) return;
  const isHere = active.contains(document.activeElement);
  where = isHere ? { ...placed(active), editing: editor.takeAway() } : null;
  if (!isHere) {
    const [row, column] = place(active);
    queueMicrotask(() => setTimeout(() => body.contains(active) || activate(at(row, column), { focus: false })));
  }
});

function placed(cell) {
  const [row, column] = place(cell);
  return { row, column };
}

const queue = new Queue({ send, renew, changed: tell });

function save(cell, text) {
  const job = { key: keyOf(cell.parentElement), of: ofColumn(cell.cellIndex), text };
  const isOnItsWay = queue.flying?.key === job.key && queue.flying?.of === job.of;
  if (!isOnItsWay && text === storedText(cell)) {
    queue.drop(job.key, job.of);
    takeBack(cell);
    delete cell.dataset.saw;
    tell(queue);
    return;
  }
  showTyped(cell, text, "is-saving");
  cell.classList.remove("is-saved");
  queue.add(job);
}

// Editing

const editor = new Editor({
  label: nameOf,
  done(cell, text, move) {
    if (text !== null && text !== textOf(cell)) save(cell, text);
    const [row, column] = place(cell);
    if (move === "down") activate(at(row + 1, column));
    else if (move === "right") activate(at(row, column + 1));
    else if (move === "left") activate(at(row, column - 1));
    else if (move === "stay") activate(cell);
  },
});

function edit(cell, text) {
  if (isEditable(cell)) editor.open(cell, { value: text ?? textOf(cell), select: text === undefined });
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
  } else if (event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey && isEditable(cell)) {
    event.preventDefault();
    edit(cell, event.key.trim());
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

function cancel(cell) {
  if (cell.dataset.typed === undefined || queue.flying?.key === keyOf(cell.parentElement)) return;
  queue.drop(keyOf(cell.parentElement), ofColumn(cell.cellIndex));
  takeBack(cell);
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
    const text = cell.dataset.typed;
    takeBack(cell);
    save(cell, text);
    activate(cell);
  } else if (!event.target.closest("input, .said")) {
    activate(cell);
    if (event.pointerType === "touch") edit(cell);
  }
}

function start() {
  form.classList.add("is-live");
  table.setAttribute("role", "grid");
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
