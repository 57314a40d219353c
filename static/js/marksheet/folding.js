// Areas of learning folded away and unfolded: the headings and the line above the sheet are links that do the same without script. Remembered
// while the tab is open, and in the address, so that a link shows the same to a colleague. What waits to be saved is never folded away.

import { activate, activeAt } from "./moving.js";
import { announce, at, body, heads, isShown, table } from "./sheet.js";

const KEPT = "lep-folded";
// What is on its way is not: should it fail, it comes back.
const WAITING = ":is(.is-edited, .is-unsaved, .is-refused)";
const bar = document.getElementById("folded");

const areas = () =>
  [...table.querySelectorAll("th[data-area]")].map((head) => ({
    head,
    key: head.dataset.area,
    name: head.querySelector("[data-fold]").textContent,
    columns: head.dataset.columns.split(" ").map((number) => Number(number) - 1),
  }));

const isFolded = ({ head }) => head.hidden;
const folded = () => areas().filter(isFolded);

function waiting({ columns }) {
  return body.querySelectorAll(columns.map((column) => `td:nth-child(${column + 1})${WAITING}`).join()).length;
}

function show(area, isOut) {
  area.head.hidden = !isOut;
  for (const column of area.columns) table.classList.toggle(`no-${column + 1}`, !isOut);
  bar.querySelector(`[data-folded="${area.key}"]`).hidden = isOut;
}

// In the address and in every link that says how the sheet is folded; and for the other sheets of this tab.
function remember() {
  const keys = folded().map(({ key }) => key);
  const place = new URL(location.href);
  place.searchParams.delete("fold");
  for (const key of keys) place.searchParams.append("fold", key);
  history.replaceState(history.state, "", place);
  for (const link of document.querySelectorAll("a[href*='fold=']:not([data-fold], [data-fold-others], [data-unfold], [data-unfold-all])")) {
    const there = new URL(link.href);
    there.searchParams.delete("fold");
    for (const key of keys) there.searchParams.append("fold", key);
    link.href = there;
  }
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(keys));
  } catch {
    // Full, or forbidden: the address still says it.
  }
}

// The active cell is always one that is shown.
function stayInSight({ focus }) {
  const [row, column] = activeAt();
  if (isShown(column)) return;
  const shown = heads().findIndex((head, index) => head.classList.contains("is-focus") && isShown(index) && index > column);
  const first = heads().findIndex((head, index) => head.classList.contains("is-focus") && isShown(index));
  activate(at(row, shown < 0 ? first : shown), { focus });
}

// Folds these away; answers with those that stay open, because something in them waits to be saved.
function fold(wanted) {
  const kept = wanted.filter((area) => waiting(area));
  const gone = wanted.filter((area) => !kept.includes(area));
  const open = areas().filter((area) => !isFolded(area) && !gone.includes(area));
  // One stays.
  if (!open.length) gone.shift();
  for (const area of gone) show(area, false);
  return { kept, gone };
}

const names = (list) => list.map(({ name }) => name).join(" and ");

// What stays open is said in sight; what has gone can be seen.
function told({ kept, gone }) {
  const stays = kept.length ? `${names(kept)} ${kept.length > 1 ? "stay" : "stays"} open: something there is not saved yet.` : "";
  const why = stays || (gone.length ? "" : "One area of learning stays open.");
  say(why);
  announce(`${why} ${gone.length ? `Folded away: ${names(gone)}.` : ""}`.trim());
}

function say(words) {
  bar.querySelector("[data-why]").textContent = words;
  bar.hidden = !words && !folded().length;
}

function foldAndTell(wanted, { focus = false } = {}) {
  const done = fold(wanted);
  stayInSight({ focus });
  remember();
  told(done);
}

function unfold(wanted) {
  for (const area of wanted) show(area, true);
  say("");
  remember();
}

// By key: the area of learning of the active cell; all of them again.
export function foldHere(cell) {
  const here = areas().find(({ columns }) => columns.includes(cell.cellIndex));
  if (here) foldAndTell([here], { focus: true });
}

export function unfoldAll() {
  const were = folded();
  if (!were.length) return;
  unfold(were);
  announce("All areas of learning are unfolded.");
}

function onClick(event) {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const here = areas().find(({ head, key }) => head.contains(link) || key === link.parentElement.dataset.folded);
  if (link.matches("[data-unfold-all]")) {
    unfoldAll();
    areas()[0].head.querySelector("[data-fold]").focus();
  } else if (link.matches("[data-unfold]")) {
    unfold([here]);
    here.head.querySelector("[data-fold]").focus();
    announce(`${here.name} is unfolded.`);
  } else if (link.matches("[data-fold-others]")) {
    show(here, true);
    foldAndTell(areas().filter(({ key }) => key !== here.key));
    // What is left begins beside the names.
    table.parentElement.scrollLeft = 0;
    here.head.querySelector("[data-fold]").focus();
  } else if (link.matches("[data-fold]")) {
    foldAndTell([here]);
    if (isFolded(here)) bar.querySelector(`[data-folded="${here.key}"] a`).focus();
  } else return;
  event.preventDefault();
}

// As it was in this tab; an address that says it is believed.
function begin() {
  if (new URL(location.href).searchParams.has("fold")) return;
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
    fold(areas().filter(({ key }) => kept.includes(key)));
    say("");
  } catch {
    // Not ours.
  }
}

// What comes to wait in a folded area, by an answer or from before the page was loaded, brings it back.
function unfoldWaiting() {
  const found = folded().filter((area) => waiting(area));
  if (!found.length) return;
  unfold(found);
  announce(`Unfolded, for something there is not saved: ${names(found)}.`);
}

// Before the grid begins, which leads into a cell that is shown.
export function startFolding() {
  if (!bar) return;
  begin();
  remember();
  unfoldWaiting();
  new MutationObserver(unfoldWaiting).observe(body, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  for (const place of [bar, table.tHead]) place.addEventListener("click", onClick);
}
