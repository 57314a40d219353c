// Codes of the scale, offered under the cell while one is typed (ARIA Authoring Practices, combobox with a list): arrows choose, Enter takes,
// Escape closes the list and only then the cell. Numbers need no help.

import { announce } from "./sheet.js";

const MOST = 9;
const REASONS = [
  { code: "absent", name: "no points, and the reason for it" },
  { code: "not required", name: "no points are needed" },
  { code: "new", name: "not yet assessed" },
];

// As typed: capitals, no gaps, the word processor’s dash a hyphen, bands without the nought before.
const plain = (text) => text.toUpperCase().replace(/\s/g, "").replace(/–/g, "-").replace(/\b0(?=\d)/g, "");

function codesOf([code, name, first, last]) {
  const count = last - first + 1;
  const spelt = (n) => (count === 1 ? code : code === "ELG" ? code + "+".repeat(n) : `${code}${n + 1}`);
  return Array.from({ length: count }, (_, n) => ({ code: spelt(n), name, points: Number(first) + n }));
}

let scale = null;

// Written into the page once, a stage in each line: its code, its name, its first and last points.
function codes() {
  const written = document.getElementById("scale")?.content.textContent.trim() ?? "";
  scale ??= [...written.split(";").filter(Boolean).flatMap((stage) => codesOf(stage.split("|"))), ...REASONS].map((one) => ({
    ...one,
    keys: [plain(one.code), ...(one.points ? [plain(one.name)] : [])],
  }));
  return scale;
}

export function matching(text) {
  const typed = plain(text);
  if (!/[A-Z]|.-/.test(typed)) return [];
  return codes()
    .filter(({ keys }) => keys.some((key) => key.startsWith(typed)))
    .slice(0, MOST);
}

function optionOf({ code, name, points }, index, typed) {
  const option = document.createElement("li");
  option.id = `offer-${index}`;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  const words = document.createElement("b");
  const length = plain(code).startsWith(typed) && code.toUpperCase().startsWith(typed) ? typed.length : 0;
  words.append(Object.assign(document.createElement("mark"), { textContent: code.slice(0, length) }), code.slice(length));
  option.append(words, Object.assign(document.createElement("span"), { textContent: name }));
  if (points) option.append(Object.assign(document.createElement("em"), { textContent: points }));
  return option;
}

// The list of one editor. `taken` is told of the code.
export class Offers {
  #box;
  #list = null;
  #found = [];
  #chosen = -1;

  constructor(box, taken) {
    this.#box = box;
    this.taken = taken;
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false" })) {
      box.setAttribute(name, value);
    }
    box.addEventListener("input", () => this.#show());
  }

  // The code that the arrows have led to; null where none has been chosen.
  get chosen() {
    return this.#found[this.#chosen]?.code ?? null;
  }

  // Whether the key was for the list.
  onKey(event) {
    if (!this.#list) return false;
    if (event.key === "Escape") this.close();
    else if (event.key === "ArrowDown") this.#choose(this.#chosen + 1);
    else if (event.key === "ArrowUp") this.#choose(this.#chosen - 1);
    else return false;
    event.preventDefault();
    return true;
  }

  close() {
    this.#list?.remove();
    this.#list = null;
    this.#found = [];
    this.#chosen = -1;
    this.#box.setAttribute("aria-expanded", "false");
    this.#box.removeAttribute("aria-controls");
    this.#box.removeAttribute("aria-activedescendant");
  }

  #show() {
    const before = this.#found.length;
    this.close();
    this.#found = matching(this.#box.value);
    if (!this.#found.length) return;
    const list = document.createElement("ul");
    Object.assign(list, { id: "offers", className: "offers" });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Codes of the scale");
    list.append(...this.#found.map((one, index) => optionOf(one, index, plain(this.#box.value))));
    // The box keeps the focus.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const index = [...list.children].indexOf(event.target.closest("li"));
      event.stopPropagation();
      if (index >= 0) this.taken(this.#found[index].code);
    });
    this.#box.after(list);
    this.#list = list;
    this.#box.setAttribute("aria-expanded", "true");
    this.#box.setAttribute("aria-controls", "offers");
    const room = list.closest(".table-region").getBoundingClientRect();
    const edge = getComputedStyle(list.closest(".table-region")).overflowY === "visible" ? innerHeight : Math.min(room.bottom, innerHeight);
    const { top, height } = this.#box.getBoundingClientRect();
    list.classList.toggle("is-over", top + height + list.offsetHeight > edge && top > list.offsetHeight);
    if (this.#found.length !== before) announce(`${this.#found.length} code${this.#found.length > 1 ? "s" : ""}`);
  }

  // Round, past the box itself: there nothing is chosen.
  #choose(index) {
    const count = this.#found.length;
    this.#chosen = index >= count ? -1 : index < -1 ? count - 1 : index;
    for (const [place, option] of [...this.#list.children].entries()) {
      option.setAttribute("aria-selected", String(place === this.#chosen));
    }
    if (this.#chosen < 0) this.#box.removeAttribute("aria-activedescendant");
    else this.#box.setAttribute("aria-activedescendant", `offer-${this.#chosen}`);
  }
}
