// Copies the selected cells, so that they paste into a spreadsheet: as text with tabs, and as a table.

import { selection } from "./selecting.js";
import { announce, body, isEditable, storedText, textOf } from "./sheet.js";

// What a spreadsheet would take for a formula.
const STARTS = /^[=+\-@\t\r]/;

function valueOf(cell) {
  if (cell.tagName === "TH") {
    const name = cell.querySelector("a").textContent.trim();
    return STARTS.test(name) ? `'${name}` : name;
  }
  const text = (isEditable(cell) ? textOf(cell) : storedText(cell)).trim();
  // Steps are numbers: `+3`, and `−2` with a real minus.
  const steps = /^[+−](\d+)$/.exec(text);
  if (steps) return text.startsWith("+") ? steps[1] : `-${steps[1]}`;
  return STARTS.test(text) ? `'${text}` : text;
}

function asTable(lines) {
  const table = document.createElement("table");
  for (const line of lines) {
    const row = table.insertRow();
    for (const value of line) row.insertCell().textContent = value;
  }
  return table.outerHTML;
}

function copy(event) {
  if (event.target.closest?.("tr")?.parentElement !== body || event.target.closest("input, textarea")) return;
  // Words that somebody has marked by mouse are copied as they are.
  if (!getSelection().isCollapsed) return;
  const lines = selection().rows.map((row) => row.map(valueOf));
  event.preventDefault();
  event.clipboardData.setData("text/plain", lines.map((line) => line.join("\t")).join("\r\n"));
  event.clipboardData.setData("text/html", asTable(lines));
  const count = lines.length * lines[0].length;
  announce(count === 1 ? `Copied: ${lines[0][0] || "an empty cell"}` : `Copied: ${count} cells`);
}

export function startCopying() {
  document.addEventListener("copy", copy);
}
