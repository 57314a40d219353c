// The baseline desk with one hand: Enter confirms what is offered, or takes what is typed, and goes down the column. Without script the form does all of it.

const form = document.getElementById("desk");

if (form) {
  const save = form.querySelector("[data-save]");
  const said = form.querySelector("[data-said]");
  const boxes = [...form.querySelectorAll(".desk-box")];
  const offerOf = (box) => box.closest("td").querySelector(".desk-offer input");
  const changed = () =>
    boxes.filter((box) => box.value.trim() !== box.defaultValue.trim() || offerOf(box)?.checked).length;
  let leaves = false;

  const tell = () => {
    const count = changed();
    if (save) save.textContent = count ? `Save ${count} Baseline${count === 1 ? "" : "s"}` : "Save";
    for (const box of boxes) {
      box.closest("td").classList.toggle("is-chosen", Boolean(offerOf(box)?.checked) || box.value.trim() !== box.defaultValue.trim());
    }
  };

  const go = (box, by) => {
    const column = boxes.filter((each) => each.dataset.column === box.dataset.column);
    const next = column[column.indexOf(box) + by];
    if (next) {
      next.focus();
      next.select();
      return;
    }
    if (by > 0 && save) save.focus();
  };

  form.addEventListener("keydown", (event) => {
    // The tick and the box of a cell are one to the keys.
    const box = event.target.closest(".desk-cell")?.querySelector(".desk-box");
    if (!box || event.altKey || event.metaKey) return;
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const offer = offerOf(box);
      if (!event.shiftKey && offer && !box.value.trim()) {
        offer.checked = true;
        said.textContent = `${offer.value} confirmed, not saved yet`;
        tell();
      }
      go(box, event.shiftKey ? -1 : 1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      go(box, event.key === "ArrowDown" ? 1 : -1);
    }
  });

  form.addEventListener("input", (event) => {
    const box = event.target.closest(".desk-box");
    const offer = box && offerOf(box);
    // One or the other: what is typed stands in the place of what is offered.
    if (offer && box.value.trim()) offer.checked = false;
    if (event.target.matches(".desk-offer input") && event.target.checked) {
      event.target.closest("td").querySelector(".desk-box").value = "";
    }
    tell();
  });

  form.addEventListener("submit", () => {
    leaves = true;
  });
  document.getElementById("desk-undo")?.addEventListener("submit", () => {
    leaves = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaves && changed()) event.preventDefault();
  });
  // Back from another page the browser may have kept what was ticked.
  window.addEventListener("pageshow", tell);
  const keys = form.querySelector(".desk-keys");
  if (keys) keys.hidden = false;
  // What was refused may stand far down a long page.
  form.querySelector('[aria-invalid="true"]')?.focus();
  tell();
}
