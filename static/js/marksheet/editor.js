// The box in the cell that is being edited. Enter: done, and down. Tab: done, and right. F2: done, and stay. Escape: as it was.

const KEYS = { Enter: "down", F2: "stay" };

export class Editor {
  #box = null;

  constructor({ label, done }) {
    this.label = label;
    this.done = done;
  }

  // `isTyped`: by the first key, which is in the box already; else what stood there is, selected. `start`: gone on with.
  open(cell, { value, isTyped = false, start }) {
    this.close();
    const box = document.createElement("input");
    Object.assign(box, { className: "editor", value, autocomplete: "off", spellcheck: false, maxLength: 40 });
    box.setAttribute("aria-label", this.label(cell));
    box.addEventListener("keydown", (event) => this.#onKey(event, cell));
    // Somebody clicked elsewhere: what is typed counts. A box left empty does not: emptying a cell is said by a key.
    box.addEventListener("blur", () => this.#finish(cell, box.value.trim() || null, ""));
    this.#box = box;
    cell.append(box);
    cell.classList.add("is-edited");
    box.focus();
    if (isTyped || start !== undefined) box.setSelectionRange(start ?? value.length, start ?? value.length);
    else box.select();
  }

  // Closes without a word, and says what was being typed, so that it can go on in another cell.
  takeAway() {
    const box = this.#box;
    if (!box) return null;
    const typed = { value: box.value, start: box.selectionStart };
    this.close();
    return typed;
  }

  close() {
    const box = this.#box;
    this.#box = null;
    box?.parentElement?.classList.remove("is-edited");
    box?.remove();
  }

  #onKey(event, cell) {
    event.stopPropagation();
    if (event.isComposing) return;
    const move = event.key === "Tab" ? (event.shiftKey ? "left" : "right") : KEYS[event.key];
    if (move) {
      event.preventDefault();
      this.#finish(cell, this.#box.value, move);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.#finish(cell, null, "stay");
    }
  }

  #finish(cell, text, move) {
    if (!this.#box) return;
    this.close();
    this.done(cell, text?.trim() ?? null, move);
  }
}
