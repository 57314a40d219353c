// Many cells sent to the server as one act, and answered with each of them.

import { ask } from "./asking.js";
import { editor } from "./editor.js";
import { restore } from "./moving.js";
import { form } from "./sheet.js";

// Outside the form: with it would go all of its boxes, and the token that it was opened with.
const answers = document.getElementById("sheet-answers");

// Answers with the HTTP status, or 0 where no answer came. `door` is a part of the sheet's address: `cells`, `undo`.
export async function post(door, values) {
  const [place, query] = form.action.split("?");
  const status = await ask("POST", `${place}${door}/?${query ?? ""}`, {
    source: answers,
    target: answers,
    swap: "innerHTML",
    values: { because: document.getElementById("because")?.value ?? "", ...values },
  });
  restore((cell, typed) => editor.open(cell, typed));
  return status;
}
