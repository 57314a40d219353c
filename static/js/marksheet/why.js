// Why a cell has its colour, in a dialog over the sheet; closing it leads back to the cell.

import { ask } from "./asking.js";

const NOBODY = "00000000-0000-0000-0000-000000000000";
const SUBJECT = "/subject-/";

// `column` is the cell’s, `reading.autumn`; beside the names it is that of the sheet’s first subject.
export async function showWhy(form, key, column) {
  const [subject, of] = (column?.includes(".") ? column : form.dataset.first).split(".");
  const dialog = document.getElementById("why");
  const term = new URLSearchParams(location.search).get("term") ?? form.dataset.term;
  const asked = new URLSearchParams({ term, ...(of && { of }) });
  const status = await ask("GET", `${form.dataset.why.replace(NOBODY, key).replace(SUBJECT, `/${subject}/`)}?${asked}`, {
    source: dialog,
    target: "#explanation",
    swap: "outerHTML",
  });
  // Not over somebody who has gone on typing.
  if (status === 200 && !dialog.open && !document.querySelector("#grid .editor")) dialog.showModal();
}
