"""Figures read back out of the pages that a browser gets, and of the files beside them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

from tests.reports.shown_facts import ALL, Facts


class _Tree(HTMLParser):
    """Our own pages close what they open, but for what has no end."""

    _WITHOUT_END = frozenset({"br", "img", "input", "wbr", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.tree, self.opened = TreeBuilder(), []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tree.start(tag, {name: value or "" for name, value in attrs})
        self.opened.append(tag)
        if tag in self._WITHOUT_END:
            self.handle_endtag(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tree.start(tag, {})
        self.tree.end(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag
        self.tree.end(tag)

    def handle_data(self, data: str) -> None:
        self.tree.data(data)


def page(html: str) -> Element:
    """The main part of a page."""
    tree = _Tree()
    tree.feed(html[html.index("<main") : html.index("</main>") + len("</main>")])
    return tree.tree.close()


_ASIDE = {"visually-hidden", "note", "badge"}


def text_of(element: Element) -> str:
    """What one sees: no words for a screen reader, no reasons below a number."""

    def parts(of: Element) -> Iterator[str]:
        yield of.text or ""
        for child in of:
            if not classes_of(child) & _ASIDE:
                yield from parts(child)
            yield child.tail or ""

    return " ".join("".join(parts(element)).split())


def classes_of(element: Element) -> set[str]:
    return set(element.get("class", "").split())


def of_class(root: Element, name: str) -> list[Element]:
    return [each for each in root.iter() if name in classes_of(each)]


def tables(root: Element) -> Iterator[tuple[str, list[str], list[list[str]], Element]]:
    """Each table's caption, headings and lines; a cell over two columns counts as two, the second empty."""
    for table in root.iter("table"):
        caption = table.find("caption")
        rows = [_cells(row) for row in table.iter("tr")]
        yield (
            " ".join("".join(caption.itertext()).split()) if caption is not None else "",
            rows[0],
            rows[1:],
            table,
        )


def _cells(row: Element) -> list[str]:
    found = []
    for cell in row:
        found += [text_of(cell), *[""] * (int(cell.get("colspan", 1)) - 1)]
    return found


_ATTAINMENT = ("on_roll", "judged", "not_judged", "below", "at", "above", "at_or_above_share", "points")
_PROGRESS = (
    "on_roll",
    "measured",
    "not_measured",
    "less",
    "expected",
    "more",
    "expected_or_more_share",
    "steps",
)
_AREAS = ("at_or_above_share", "", "below", "at", "above", "judged", "points", "change", "steps")


def named(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(columns, cells, strict=False) if name and name != "change"}


def read_dashboard_table(facts: Facts, source: str, root: Element, term: str, measure: str) -> None:
    """The dashboard as tables; and the areas of Reception, on whatever page they stand."""
    for _, headings, rows, _ in tables(root):
        if headings[:2] == ["Year group", "Subject"]:
            columns = _ATTAINMENT if "Judged" in headings else _PROGRESS
            for year_group, subject, *cells in rows:
                facts.tell(source, (term, measure, year_group, subject, ALL), **named(columns, cells))
        if headings[0] == "Area":
            for area, *cells in rows:
                facts.tell(source, (term, measure, "Reception", area, ALL), **named(_AREAS, cells))


def read_table_file(facts: Facts, source: str, text: str, term: str, measure: str) -> None:
    """The same tables as files."""
    headings, *rows = csv.reader(io.StringIO(text))
    columns = _ATTAINMENT if "Judged" in headings else _PROGRESS
    for year_group, subject, *cells in rows:
        facts.tell(source, (term, measure, year_group, subject, ALL), **named(columns, cells))


def read_tiles(
    facts: Facts, source: str, root: Element, term: str, measure: str, year_group: str = ""
) -> None:
    """Tiles; of a year group's page, or in rows with a heading for each year group."""
    for section in root.iter("section"):
        kind = section.get("aria-labelledby")
        if kind not in {"attainment", "subjects", "progress"}:
            continue
        rows = [section] if year_group else of_class(section, "figure-row")
        for row in rows:
            heading = year_group or text_of(next(row.iter("h3")))
            for tile in of_class(row, "figure-tile"):
                subject = of_class(tile, "figure-subject")
                if subject:
                    at = (term, measure, heading, text_of(subject[0]), ALL)
                    facts.tell(source, at, **_of_tile(tile, is_progress=kind == "progress"))


def _of_tile(tile: Element, *, is_progress: bool) -> dict[str, str]:
    counts = ("less", "expected", "more") if is_progress else ("below", "at", "above")
    found = dict(zip(counts, (text_of(each) for each in of_class(tile, "figure")), strict=False))
    share = "".join(text_of(each) for each in of_class(tile, "figure-share"))
    if share.endswith("%"):
        found["expected_or_more_share" if is_progress else "at_or_above_share"] = share
    for words in [text_of(each) for each in (*of_class(tile, "figure-foot"), *of_class(tile, "figure-head"))]:
        for pattern, names in (
            (r"^(\d+) of (\d+)", ("measured" if is_progress else "judged", "on_roll")),
            (r"^(\d+) judged", ("judged",)),
            (r"([\d.]+) points", ("points",)),
            ("([\\d.\N{MINUS SIGN}-]+) steps", ("steps",)),
            (r"(\d+) not measured", ("not_measured",)),
            (r"(\d+) not judged", ("not_judged",)),
        ):
            matched = re.search(pattern, words)
            if matched:
                found |= dict(zip(names, matched.groups(), strict=True))
    return found


def read_year_group(
    facts: Facts, source: str, root: Element, term: str, measure: str, year_group: str
) -> None:
    """A year group's page: tiles or areas, the terms over the year, and groups beside their comparators."""
    read_tiles(facts, source, root, term, measure, year_group)
    read_dashboard_table(facts, source, root, term, measure)
    for _, headings, rows, table in tables(root):
        if "is-terms" in classes_of(table):
            for row in rows:
                for name, cell in zip(headings[1:], row[1:], strict=True):
                    told = re.match(r"(?:([\d.]+)% )?(\d+) of (\d+)", cell)
                    if told:
                        at = (name.lower(), measure, year_group, row[0], ALL)
                        facts.tell(source, at, at_or_above_share=told[1], judged=told[2], on_roll=told[3])
        if "is-gaps" in classes_of(table):
            for group, comparator, row in _of_groups(table):
                _tell_gap(facts, source, (term, measure, year_group), group, comparator, row)


def _of_groups(table: Element) -> Iterator[tuple[str, str, list[str]]]:
    for body in table.iter("tbody"):
        heading, *rows = body.iter("tr")
        group, comparator = [each.text or "" for each in heading.iter("b")]
        for row in rows:
            yield group, comparator, _cells(row)


def _share_of(cell: str) -> tuple[str | None, str | None]:
    told = re.match(r"([\d.]+)% of (\d+)", cell)
    return (told[1], told[2]) if told else (None, None)


def _tell_gap(
    facts: Facts, source: str, at: Sequence[str], group: str, comparator: str, row: Sequence[str]
) -> None:
    subject, ours, theirs, gap, *more = row
    progress = more[1:4] if len(more) > 3 else ["", "", ""]
    for name, cell, of_progress in ((group, ours, progress[0]), (comparator, theirs, progress[1])):
        share, judged = _share_of(cell)
        progress_share, measured = _share_of(of_progress)
        facts.tell(
            source,
            (*at, subject, name),
            at_or_above_share=share,
            judged=judged,
            expected_or_more_share=progress_share,
            measured=measured,
        )
    facts.tell(source, (*at, subject, f"{group} beside {comparator}"), gap=gap, progress_gap=progress[2])


def _told_apart(headings: Sequence[str]) -> list[str]:
    """A gap is of the column before it."""
    before = ["", *headings]
    return [f"{before[place]}: Gap" if name == "Gap" else name for place, name in enumerate(headings)]


def read_groups(facts: Facts, source: str, root: Element, at: Sequence[str]) -> None:
    """The page of groups: `at` is the term, measure, year group and subject."""
    found = [each for each in tables(root) if "is-pairs" in classes_of(each[3]) and each[1][0] == "Group"]
    assert 1 <= len(found) <= 2  # and the small ones folded
    told_before: tuple[str, dict[str, str]] = ("", {})
    for name, line in [
        (name.removesuffix(" few"), dict(zip(_told_apart(headings)[1:], cells, strict=True)))
        for _, headings, rows, _ in found
        for name, *cells in rows
    ]:
        group = name.removeprefix("beside ")
        if group != name:
            first, gaps = told_before
            facts.tell(
                source,
                (*at, f"{first} beside {group}"),
                gap=gaps["At or above: Gap"],
                progress_gap=gaps.get("Expected progress or more: Gap", ""),
            )
        told_before = (group, line)
        told = re.match(r"([\d.]+)% (\d+) of (\d+)", line["At or above"])
        moved = re.match(r"([\d.]+)% (\d+) of (\d+)", line.get("Expected progress or more", ""))
        columns = {
            "on_roll": line["On roll"],
            "points": line.get("Average points"),
            "steps": line.get("Average steps"),
        }
        if told:
            columns |= dict(zip(("at_or_above_share", "at_or_above", "judged"), told.groups(), strict=True))
        if moved:
            names = ("expected_or_more_share", "expected_or_more", "measured")
            columns |= dict(zip(names, moved.groups(), strict=True))
        facts.tell(source, (*at, group), **columns)


def read_pictures(facts: Facts, source: str, root: Element, at: Sequence[str]) -> None:
    """The margins of the pictures: `at` is the term, measure, year group, subject and group."""
    for _, _, rows, table in tables(root):
        kinds = classes_of(table)
        if "is-grid" in kinds:
            for name, *cells in rows:
                counts = dict(zip(("less", "expected", "more", "measured", "", "judged"), cells, strict=True))
                if name == "All":
                    facts.tell(source, at, **named(tuple(counts), tuple(counts.values())))
                else:
                    facts.tell(source, at, **{name.lower(): counts["judged"]})
        elif "is-matrix" in kinds:
            facts.tell(source, at, measured=rows[-1][-1])
        elif "is-steps" in kinds:
            # The parts of a mixed line stand below its number, which alone opens.
            facts.tell(source, at, measured=sum(int(text_of(each)) for each in table.iter("a")))
    whole = re.search(r"(\d+) on roll", text_of(root))
    average = re.search("On average ([\\d.\N{MINUS SIGN}-]+), the median", text_of(root))
    facts.tell(source, at, on_roll=whole and whole[1], steps=average and average[1])
