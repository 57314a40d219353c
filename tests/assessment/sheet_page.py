"""What a marksheet's page, and the answer to a save, say: read as a browser reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

_EMPTY = {"input", "br", "link", "meta", "rect", "img", "hr"}


@dataclass
class Cell:
    """A cell of the grid: its attributes, what is in it as bytes, what it says beside its buttons, and its boxes by name.

    `typed`: what was typed and not saved, which a script shows in the place of what stands there.
    """

    attributes: dict[str, str]
    html: str = ""
    text: str = ""
    typed: str = ""
    boxes: dict[str, str] = field(default_factory=dict)
    box_attributes: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    @property
    def version(self) -> str:
        return self.attributes.get("data-v", "")


class Page(HTMLParser):
    """Rows of cells by the pupil's key; cells outside a row (an answer's) by number; ids with their text; every address.

    `over`: what stands above the headings, with how many of them it is over.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.rows: dict[str, list[Cell]] = {}
        self.names: dict[str, str] = {}
        self.row_classes: dict[str, str] = {}
        self.loose: list[Cell] = []
        self.headings: list[str] = []
        self.headed: list[dict[str, str]] = []
        self.over: list[tuple[str, int]] = []
        self.texts: dict[str, str] = {}
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self._row: list[Cell] | None = None
        self._cell: Cell | None = None
        self._within: list[tuple[str, str]] = []
        self._row_class = ""
        self._is_typed = False
        self._is_over = False
        self.feed(html)
        self.close()
        assert not self._within, f"left open: {self._within}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.addresses += [given[name] for name in ("href", "src", "action", "data-why") if name in given]
        if tag == "tr":
            self._row, self._row_class = None, given.get("class", "")
        if tag == "th":
            self._on_heading(given)
        if tag == "td":
            self._on_cell(given)
        self._is_typed = given.get("class") == "typed"
        if self._cell:
            self._cell.html += self.get_starttag_text() or ""
            if tag == "input":
                self._cell.boxes[given["name"]] = given.get("value", "")
                self._cell.box_attributes |= given if given.get("type") != "hidden" else {}
            if tag == "button":
                self._cell.buttons.append("")
        if tag not in _EMPTY:
            self._within.append((tag, given.get("id", "")))

    def _on_cell(self, given: dict[str, str]) -> None:
        self._cell = Cell(given)
        # The empty corner of the head is nobody's.
        if ("thead", "") not in self._within:
            (self.loose if self._row is None else self._row).append(self._cell)

    def _on_heading(self, given: dict[str, str]) -> None:
        if given.get("scope") == "row" and given.get("id", "").startswith("p-"):
            key = given["id"][2:]
            self._row = self.rows.setdefault(key, [])
            self.row_classes[key] = self._row_class
        elif given.get("scope") == "colgroup":
            self.over.append(("", int(given["colspan"])))
        else:
            self.headings.append("")
            self.headed.append(given)
        self._is_over = given.get("scope") == "colgroup"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self._within.pop()
        assert opened == tag, f"{opened} closed by {tag}"
        if self._cell:
            self._cell.html += f"</{tag}>"
        if tag == "td":
            self._cell = None

    def _say(self, raw: str) -> None:
        text = unescape(raw)
        tags = [tag for tag, _ in self._within]
        if self._cell:
            self._cell.html += raw
            if "button" in tags:
                self._cell.buttons[-1] += text
            elif self._is_typed and "b" in tags:
                self._cell.typed += text
            else:
                self._cell.text += text
        elif "th" in tags:
            self._say_heading(text, tags)
        for _, of in self._within:
            if of:
                self.texts[of] = " ".join((self.texts.get(of, "") + text).split(" "))

    def _say_heading(self, text: str, tags: list[str]) -> None:
        if self._row is None and self._is_over:
            heading, width = self.over[-1]
            self.over[-1] = (heading + text, width)
        elif self._row is None:
            self.headings[-1] += text
        elif "a" in tags:
            key = next(of for tag, of in self._within if tag == "th")[2:]
            self.names[key] = self.names.get(key, "") + text

    def handle_data(self, data: str) -> None:
        self._say(data)

    def handle_entityref(self, name: str) -> None:
        self._say(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._say(f"&#{name};")

    def said(self, of: str) -> str:
        """The text of the element with this id, on one line."""
        return " ".join(self.texts.get(of, "").split())

    def column(self, of: str) -> int:
        """Where the cells of a column stand: `reading.autumn`, `reading.this-year`."""
        return [given.get("data-of", "") for given in self.headed].index(of) - 1
