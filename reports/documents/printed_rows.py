"""Everything that is printed of a term where names are not seen, row by row: in the governors' pack, and on the pages of a governor, which tell no more.

`reports.pack_following` holds two days of it against each other. Each row says of which pupils it tells, also where their number is held back:
else a row that was hidden while few were judged could never be told.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from assessment.engine.expectations import LAST_YEAR_GROUP
from assessment.engine.subjects import BY_NUMBER, COMBINED_SUBJECTS, SUBJECTS
from reports.documents.governor_after_eyfs import AFTER_EYFS_KEY
from reports.documents.governor_cells import NOBODY, Cell, Share
from reports.documents.governor_last_year import ALL_THREE
from reports.documents.governor_report import GovernorReport, YearProgress
from reports.documents.told_figures import OfAll, judged_years, reception_lines
from reports.pack_following import Printed
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT, Figure
from reports.queries.groups import ALL, GROUPS
from schools.calendar import YearGroup

_GROUP_KEYS = {group.name: group.key for group in GROUPS}
_NUMBERS = {subject.name: subject.number for subject in SUBJECTS} | {ALL_THREE: COMBINED}
_YEARS = {year_group.label: year_group.value for year_group in YearGroup}
_IN_ALL_THREE = tuple(subject.name for subject in COMBINED_SUBJECTS)
_Name: TypeAlias = Hashable


def printed_rows(pack: GovernorReport, counted: Iterable[Figure]) -> dict[_Name, Printed]:
    """The rows of the pack that was made of these figures. What is printed of nobody tells what a row that is not there tells, and is printed as none."""
    found = {(each.year_group, each.subject, each.group): each for each in counted}
    of_all = {key[:2]: figure for key, figure in found.items() if key[2] == ALL.key}
    since = {key[:2]: figure for key, figure in found.items() if key[2] == AFTER_EYFS_KEY}
    years = judged_years(of_all)
    glance = {
        share.name: _share(share, sum(of_all[year, _NUMBERS[share.name]].assessed for year in years))
        for share in pack.glance
    }
    return {
        **{("glance", name): row for name, row in glance.items()},
        **_year_groups(pack, of_all, glance),
        **_progress("progress", pack.progress, of_all, glance),
        **_progress("since EYFS", pack.after_eyfs, since, glance),
        **_groups(pack, found, years, glance),
        **_reception(pack, of_all),
        **_without_range(of_all),
    }


# What is printed of all year groups together, by subject.
_Glance = Mapping[str, Printed]


def _row(cell: Cell, row: Printed, *wholes: Printed) -> Printed:
    """`cell` says whether it is of nobody, `wholes` what it is a part of."""
    is_of_nobody = cell.value is None and cell.sign == NOBODY
    return replace(
        Printed(0, of=row.of) if is_of_nobody else row,
        whole=max((each.of[0] for each in wholes), default=0),
        is_whole_told=not wholes or any(each.counted is not None for each in wholes),
    )


def _share(share: Share, judged: int, *wholes: Printed) -> Printed:
    return _row(share.at_or_above, Printed(_number(share.judged), (), (share,), of=(judged,)), *wholes)


def _year_groups(pack: GovernorReport, of_all: OfAll, glance: _Glance) -> dict[_Name, Printed]:
    rows: dict[_Name, Printed] = {}
    for number, year in zip(judged_years(of_all), pack.attainment, strict=True):
        of_year: dict[str, Printed] = {}
        for row in year.rows:
            numbers = tuple(
                _number(cell) for cell in (row.judged, row.below, row.at, row.above, row.together)
            )
            judged = of_all[number, _NUMBERS[row.subject]].assessed
            printed = Printed(numbers[0], numbers, (row.at_or_above,), of=(judged,))
            wholes = (
                [glance[row.subject]] if row.subject in glance else [of_year[name] for name in _IN_ALL_THREE]
            )
            of_year[row.subject] = _row(row.at_or_above, printed, *wholes)
        rows |= {(year.label, subject): row for subject, row in of_year.items()}
        partly = tuple(each for each in pack.partly_judged if each.startswith(f"{year.label} "))
        rows[year.label, "on roll"] = _on_roll(year.on_roll, partly, number, of_all)
    return rows


def _on_roll(cell: object, partly: tuple[str, ...], year: int, of_all: OfAll) -> Printed:
    """How many are on roll is told or not by how many of them were judged in each subject."""
    roll = _number(cell)
    return Printed(roll, (roll,), (cell, partly), of=_judged(year, of_all))


def _judged(year: int, of_all: OfAll) -> tuple[int, ...]:
    return tuple(of_all[key].assessed for key in sorted(of_all) if key[0] == year)


def _progress(
    what: str, told: Iterable[YearProgress], measured: OfAll, glance: _Glance
) -> dict[_Name, Printed]:
    """Told in shares of those with a start, whose number stands nowhere."""
    rows: dict[_Name, Printed] = {}
    for year in told:
        number = _YEARS[year.label]
        for row in year.rows:
            printed = Printed(None, (), (row,), of=(measured[number, _NUMBERS[row.subject]].measured,))
            name = (what, year.label, row.subject)
            rows[name] = _row(row.expected_or_more, printed, glance[row.subject])
    return rows


def _groups(
    pack: GovernorReport,
    found: Mapping[tuple[int, int, int], Figure],
    years: Iterable[int],
    glance: _Glance,
) -> dict[_Name, Printed]:
    judged: dict[tuple[str, str], int] = {}
    names = {
        (number, key): (name, group)
        for name, number in _NUMBERS.items()
        for group, key in _GROUP_KEYS.items()
    }
    wanted = set(years)
    for (year, subject, group), figure in found.items():
        if year in wanted and (subject, group) in names:
            name = names[subject, group]
            judged[name] = judged.get(name, 0) + figure.assessed
    rows: dict[_Name, Printed] = {}
    for pair in pack.comparisons:
        for share, other, gap in zip(pair.of_group, pair.of_other, pair.gaps, strict=True):
            counts = tuple(judged.get((share.name, group), 0) for group in (pair.group, pair.other))
            whole = glance[share.name]
            rows[pair.group, share.name] = _share(share, counts[0], whole)
            rows[pair.other, share.name] = _share(other, counts[1], whole)
            rows["gap", pair.group, share.name] = _row(gap, Printed(None, (), (gap,), of=counts), whole)
    return rows


def _reception(pack: GovernorReport, of_all: OfAll) -> dict[_Name, Printed]:
    """On the pages of a governor the number below stands beside the share."""
    early, reception = pack.early_years, YearGroup.R.value
    if early is None:
        return {}
    lines = reception_lines(of_all, pack.small_count)
    rows: dict[_Name, Printed] = {
        ("Reception", _area_name(number)): Printed(
            line.counted,
            (line.counted, line.below),
            (line.percentage(line.at_or_above),),
            of=(of_all[reception, number].assessed,),
        )
        for number, line in lines.items()
        if line.counted != 0
    }
    return rows | {("Reception", "on roll"): _on_roll(early.on_roll, (), reception, of_all)}


def _area_name(number: int) -> str:
    return "Good level" if number == GOOD_LEVEL_OF_DEVELOPMENT else BY_NUMBER[number].name


def _without_range(of_all: OfAll) -> dict[_Name, Printed]:
    """The pack names the year groups that were judged without an expected range."""
    years = {year for (year, _), figure in of_all.items() if figure.assessed and year > LAST_YEAR_GROUP}
    return {("without range", str(year)): Printed(None, of=_judged(year, of_all)) for year in years}


def _number(cell: object) -> int | None:
    value = getattr(cell, "value", None)
    return None if value is None else int(value)
