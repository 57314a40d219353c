"""What an import changed, or would change, as a table to keep: every row of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reports.documents.tables import Table, Value
from schools.queries.import_runs import RunPage
from schools.services.import_runs import pupils_in


def import_table(page: RunPage) -> Table:
    """What was found, a line each: of the file as a whole, what is not right, what was asked, the rows list by list, and who is not in it."""
    return Table(
        title=f"import of {page.run.begun_at:%Y-%m-%d}",
        headings=("What", "Row", "Pupil", "Said"),
        rows=list(_lines(page.paper.shown)),
        pupils=pupils_in(page.paper.shown),
    )


def _lines(shown: Mapping[str, Any]) -> Iterator[tuple[Value, ...]]:
    for said in [shown.get("refused", ""), *shown.get("warnings", ()), *shown.get("told", ())]:
        if said:
            yield "The file", None, None, said
    for each in shown.get("problems", ()):
        column = f"{each['name']}: " if each["name"] else ""
        yield "Not right", each["row"] or None, None, f"{column}{'; '.join(each['told'])}"
    for each in shown.get("questions", ()):
        yield "The same child?", each["row"], each["said"], f"We hold {each['held']}"
    for section in shown.get("sections", ()):
        for each in section["lines"]:
            yield section["title"], each["row"] or None, each["name"], "; ".join(each["told"])
    for each in shown.get("leavers", ()):
        yield "Not in the file", None, each["name"], each["where"]
