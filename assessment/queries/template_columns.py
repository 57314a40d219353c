"""The columns of a template: read as they are kept, checked against the kinds there are, and laid out as a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assessment.engine.assessment_points import AssessmentPoint
from assessment.engine.subjects import BY_NUMBER, SHIPPED, Kind, Subject, is_early_years
from assessment.queries.column_kinds import KINDS, Around, ColumnError, ColumnKind, Given, Other, Seen
from assessment.queries.columns import Column
from assessment.queries.layouts import LAID_OUT, Layout
from schools.calendar import EyfsFramework, YearGroup

# A column as it is kept: its `key`, once in the template; its `kind`; a `title` of its own, or none; and the kind's settings.
Kept = Mapping[str, Any]
MOST_COLUMNS = 60
LONGEST_TITLE = 30
_KEY = re.compile(r"[a-z0-9]{1,12}")
_SUBJECTS = {subject.code.lower(): subject for subject in SHIPPED}


@dataclass(frozen=True)
class LaidColumn:
    """A column that was found to be right."""

    key: str
    kind: ColumnKind
    title: str
    given: Given

    @property
    def name(self) -> str:
        """What it is called among the columns of its template."""
        return self.title or (self.kind.named(self.given) if self.kind.named else self.kind.name)

    def kept(self) -> dict[str, Any]:
        """As it is kept."""
        return {"key": self.key, "kind": self.kind.code, "title": self.title, **self.given}


@dataclass
class ReadColumns:
    """`right`: the columns that are so, in order; `wrong`: what is wrong with the others, by key."""

    right: list[LaidColumn] = field(default_factory=list)
    wrong: dict[str, ColumnError] = field(default_factory=dict)

    def around(self, framework: EyfsFramework, but: str = "") -> Around:
        """What stands around the column with the key `but`."""
        others = {
            each.key: Other(each.name, each.kind.has_number, each.kind.is_judgement)
            for each in self.right
            if each.key != but
        }
        return Around(framework, others)


def read_columns(kept: Sequence[Kept], framework: EyfsFramework) -> ReadColumns:
    """What of it is right, and what is wrong with the rest. First those that stand by themselves, then what follows from them."""
    found = ReadColumns()
    order = {str(each.get("key")): place for place, each in enumerate(kept)}
    for of_others in (False, True):
        around = found.around(framework)
        alone = {each.key: each.given for each in found.right}
        for each in kept:
            kind = KINDS.get(each.get("kind", ""))
            if (kind is not None and kind.follows) is not of_others:
                continue
            try:
                found.right.append(_read(each, kind, around, alone))
            except ColumnError as error:
                found.wrong[str(each.get("key"))] = error
    found.right.sort(key=lambda each: order[each.key])
    _refuse_twice(found)
    return found


def _read(kept: Kept, kind: ColumnKind | None, around: Around, others: Mapping[str, Given]) -> LaidColumn:
    if kind is None:
        raise ColumnError("There is no such kind of column.")
    key, title = kept.get("key"), kept.get("title", "")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise ColumnError("A column has a key of letters and digits.")
    if not isinstance(title, str) or len(title) > LONGEST_TITLE:
        raise ColumnError(f"A heading has at most {LONGEST_TITLE} characters.", "title")
    given = {setting.key: setting.read(kept.get(setting.key), around) for setting in kind.settings}
    if kind.check:
        kind.check(given, others)
    return LaidColumn(key, kind, title.strip(), given)


def _refuse_twice(found: ReadColumns) -> None:
    """The same column a second time, and a key a second time, are wrong."""
    seen: list[tuple[str, Given]] = []
    keys: set[str] = set()
    for each in list(found.right):
        what = (each.kind.code, {name: value for name, value in each.given.items() if name != "typed"})
        if what in seen or each.key in keys:
            found.right.remove(each)
            found.wrong[each.key] = ColumnError("The same column is there already.")
        seen.append(what)
        keys.add(each.key)


def wrong_as_a_whole(columns: Sequence[LaidColumn]) -> str:
    """Why these cannot make a sheet, or nothing: without judgements there is nothing to fill in, and nobody is judged both ways."""
    kinds = {_SUBJECTS[each.given["subject"]].kind for each in columns if "subject" in each.given}
    if not any(each.kind.is_judgement for each in columns):
        return "A marksheet has at least one column of judgements."
    if len(columns) > MOST_COLUMNS:
        return f"A marksheet has at most {MOST_COLUMNS} columns."
    if len(kinds) > 1:
        return "A marksheet is of subjects or of areas of learning, not of both: no pupil is judged in both."
    return ""


def subjects_of(kept: Iterable[Kept]) -> list[Subject]:
    """The subjects and areas that columns, as they are kept, name; in order."""
    named = (_SUBJECTS.get(str(each.get("subject"))) for each in kept)
    return list(dict.fromkeys(subject for subject in named if subject))


def fits(kept: Iterable[Kept], meant_for: Sequence[YearGroup], year_group: YearGroup) -> bool:
    """Whether a sheet of these columns is for the year group: it is judged so, and is one of those meant, if any are named."""
    is_of_areas = any(subject.kind is Kind.EYFS_AREA for subject in subjects_of(kept))
    return is_early_years(year_group) is is_of_areas and (not meant_for or year_group in meant_for)


def lay_out(code: str, name: str, columns: Sequence[LaidColumn], at: AssessmentPoint) -> Layout | None:
    """The sheet with these columns, seen from the end of a term; None without a column of judgements."""
    made = list(_unlike(columns, at))
    places = [place for column in made for place in ((column.place,) if column.place else column.reads)]
    subjects = tuple(BY_NUMBER[number] for number in dict.fromkeys(place.subject for place in places))
    if not any(column.place for column in made):
        return None
    focus = _in_focus(made, at)
    return Layout(
        code=f"{LAID_OUT}{code}",
        name=name,
        full_name=name,
        subjects=subjects,
        at=at,
        columns=tuple(
            replace(
                column,
                heading=column.heading if len(subjects) > 1 else "",
                is_in_focus=column in focus,
            )
            for column in made
        ),
    )


def _unlike(columns: Sequence[LaidColumn], at: AssessmentPoint) -> Iterator[Column]:
    """The columns, each with a key of its own; a judgement that stands there already, as the term in view may, is left out."""
    keys: set[str] = set()
    for laid, column in _made(columns, at):
        if column.key in keys and column.place:
            continue
        key = f"{column.key}-{laid.key}" if column.key in keys else column.key
        keys.add(key)
        titled = replace(column, label=laid.title, detail="") if laid.title else column
        yield replace(titled, key=key)


def _made(columns: Sequence[LaidColumn], at: AssessmentPoint) -> list[tuple[LaidColumn, Column]]:
    """In order; those made first from which others follow."""
    made: dict[str, Column] = {}
    seen = Seen(at=at, made=made)
    for each in sorted(columns, key=lambda each: each.kind.follows):
        made[each.key] = each.kind.make(each.given, seen)
    return [(each, made[each.key]) for each in columns]


def _in_focus(columns: Sequence[Column], at: AssessmentPoint) -> list[Column]:
    """What may be typed into of the term in view, else of the year; where nothing may, the judgements."""
    judgements = [column for column in columns if column.place]
    of_year = [column for column in judgements if not column.is_of_an_earlier_year]
    typed = [column for column in of_year if not column.is_read_only]
    for choice in (typed, of_year):
        of_term = [column for column in choice if column.place and column.place.at == at]
        if of_term or choice:
            return of_term or choice
    return judgements
