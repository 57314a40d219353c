// The box in the cell that is being edited. Enter: done, and down. Tab: done, and right. F2: done, and stay. Escape: as it was.
// Ctrl+Enter: done, and into the block. Codes are offered under it.

import { Offers } from "./offering.js";
import { nameOf } from "./sheet.js";

const KEYS = { Enter: "down", F2: "stay" };

function moveOf({ key, shiftKey, ctrlKey, metaKey }) {
  if (key === "Tab") return shiftKey ? "left" : "right";
  return key === "Enter" && (ctrlKey || metaKey) ? "fill" : KEYS[key];
}

class Editor {
  #box = null;
  #offers = null;

  // Told of what was typed, null for nothing, and where to go from there; whoever starts the grid says who.
  done = () => {};

  // `isTyped`: by the first key, which is in the box already; else what stood there is, selected. `start`: gone on with.
  open(cell, { value, isTyped = false, start }) {
    this.close();
    const box = document.createElement("input");
    Object.assign(box, { className: "editor", value, autocomplete: "off", spellcheck: false, maxLength: 40 });
    box.setAttribute("aria-label", nameOf(cell));
    box.addEventListener("keydown", (event) => this.#onKey(event, cell));
    // Somebody clicked elsewhere: what is typed counts. A box left empty does not: emptying a cell is said by a key.
    box.addEventListener("blur", () => this.#finish(cell, box.value.trim() || null, ""));
    this.#box = box;
    cell.append(box);
    this.#offers = new Offers(box, (code) => this.#finish(cell, code, "down"));
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
    if (box) this.#offers.close();
    this.#box = null;
    box?.parentElement?.classList.remove("is-edited");
    box?.remove();
  }

  #onKey(event, cell) {
    event.stopPropagation();
    if (event.isComposing || this.#offers.onKey(event)) return;
    const move = moveOf(event);
    if (move) {
      event.preventDefault();
      this.#finish(cell, this.#offers.chosen ?? this.#box.value, move);
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

export const editor = new Editor();
