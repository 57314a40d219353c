"""One judgement's whole life: what stands there, who entered it, how and when, and every value before it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expected_range import Attainment
from assessment.engine.odd_jumps import OddJump, odd_jump
from assessment.engine.point_scale import code_of
from assessment.engine.progress import Judged, this_term
from assessment.engine.subjects import Subject
from assessment.models import Judgement, Reason, Source
from assessment.queries.columns import signed
from assessment.queries.entry_rights import may_enter_for
from assessment.queries.measuring import Measuring
from assessment.queries.provenance import in_a_word, told_act, told_entered, told_moment
from assessment.queries.sheet_rows import Cell
from schools.access import Access
from schools.calendar import AcademicYear, YearGroup
from schools.models import ChangeKind, ChangeSet, Pupil, PupilYear, User
from schools.permissions import Permission
from schools.queries.rolls import pupils_for

_EARLIER = re.compile(r"(autumn|spring|summer|baseline)-([0-9]{4})")


@dataclass(frozen=True)
class Change:
    """One thing that happened to a judgement, as it is told. `value` is empty where the change was another than of its value.

    `put_back`: the value as it is typed, where it is another than the one that stands there.
    """

    value: str
    code: str
    said: str
    note: str
    how: str
    who: str
    when: str
    because: str
    is_current: bool
    put_back: str


@dataclass(frozen=True)
class CellHistory:
    """A pupil's judgement in a subject at one point, for whoever may see the pupil; `changes` from the latest to the first.

    `key` names the point in addresses. `saw` is what a save has to say that it saw: version and content. `may_enter`: whether this person may
    note, confirm and put back here, when the term is open; who `may_change_closed` may afterwards, with a reason.
    """

    pupil_id: uuid.UUID
    pupil: str
    year_group: str
    class_name: str
    subject: str
    subject_code: str
    key: str
    title: str
    cell: Cell
    is_held: bool
    value: str
    code: str
    word: str
    mark: str
    note: str
    is_note_shareable: bool
    entered: str
    saw: str
    jump: OddJump | None
    confirmed: str
    may_enter: bool
    is_open: bool
    may_change_closed: bool
    changes: tuple[Change, ...]

    @property
    def may_change(self) -> bool:
        """Whether this person can do something here now."""
        return self.may_enter and (self.is_open or self.may_change_closed)

    @property
    def asked(self) -> str:
        """`+8 since Summer`: what is asked about; empty where nothing is."""
        return self.jump.label if self.jump else ""


def point_in_address(access: Access, key: str) -> AssessmentPoint | None:
    """`autumn`, `baseline`, `last-summer`, and of an earlier year `summer-2023`; None for anything else."""
    if key == "last-summer":
        return AssessmentPoint(AcademicYear(access.academic_year - 1), AssessmentTerm.SUMMER)
    found = _EARLIER.fullmatch(key)
    if found:
        year = int(found[2])
        is_earlier = access.academic_year - 20 < year < access.academic_year
        return AssessmentPoint(AcademicYear(year), AssessmentTerm[found[1].upper()]) if is_earlier else None
    if key not in {term.label.lower() for term in AssessmentTerm}:
        return None
    return AssessmentPoint(access.academic_year, AssessmentTerm[key.upper()])


def cell_history(
    access: Access, pupil_id: uuid.UUID, subject: Subject, key: str, *, today: dt.date
) -> CellHistory | None:
    """The history; None where this person may not see the pupil, or the key is of no point. At most nine queries, whatever happened.

    What was judged in an earlier year can be looked at.
    """
    at = point_in_address(access, key)
    pupils = pupils_for(access).filter(pupil__public_id=pupil_id)
    row: PupilYear | None = pupils.select_related("pupil", "class_group").first()
    if row is None or at is None:
        return None
    is_of_year = at.academic_year == access.academic_year
    rows = _rows(access, row, subject, at)
    held = rows.get(at)
    year_group = row.year_group if is_of_year else _year_group_in(access, row, at.academic_year)
    cell = Cell(row.pupil_id, subject.number, at.term)
    jump = _jump(rows, at, row.year_group) if is_of_year else None
    is_confirmed = bool(held and jump and held.confirmed_steps == jump.steps)
    value = value_in_words(held.points, held.reason) if held else ""
    may_enter = is_of_year and may_enter_for(access, row)
    return CellHistory(
        pupil_id=row.pupil.public_id,
        pupil=row.pupil.name,
        year_group=row.year_group.label,
        class_name=row.class_group.name if row.class_group else "",
        subject=subject.full_name,
        subject_code=subject.code.lower(),
        key=key,
        title=f"{at.term.label} {AcademicYear(at.academic_year)}",
        cell=cell,
        is_held=held is not None,
        value=value,
        code=_code(held.points, year_group) if held else "",
        word=Attainment(held.attainment).label.lower() if held and held.attainment else "",
        mark=Attainment(held.attainment).name.lower() if held and held.attainment else "",
        note=held.note if held else "",
        is_note_shareable=held is not None and held.is_note_shareable,
        entered=told_entered(held) if held else "",
        saw=f"{held.version if held else 0}:{value}",
        jump=None if is_confirmed else jump,
        confirmed=jump.label if jump and is_confirmed else "",
        may_enter=may_enter,
        is_open=may_enter
        and Measuring(access.school).is_open(access.academic_year, at.term, row.year_group, today),
        may_change_closed=access.may(Permission.MANAGE_TERMS),
        changes=tuple(reversed(_changes(access, row, cell, at.academic_year, year_group, held))),
    )


def _year_group_in(access: Access, row: PupilYear, year: int) -> YearGroup:
    """The pupil's in that year, where the record says it."""
    of_year = PupilYear.objects.in_school(access.school).filter(pupil=row.pupil_id, academic_year=year)
    found = of_year.values_list("year_group", flat=True).first()
    return row.year_group if found is None else YearGroup(found)


def _rows(
    access: Access, row: PupilYear, subject: Subject, at: AssessmentPoint
) -> dict[AssessmentPoint, Judgement]:
    """The pupil's judgements from the Summer before on: what stands there, and what its steps are counted from."""
    found = (
        Judgement.objects.in_school(access.school)
        .filter(
            pupil=row.pupil_id,
            subject=subject.number,
            academic_year__in=[at.academic_year - 1, at.academic_year],
        )
        .select_related("entered_by", "made_by_school")
    )
    return {AssessmentPoint(AcademicYear(one.academic_year), AssessmentTerm(one.term)): one for one in found}


def _jump(
    rows: Mapping[AssessmentPoint, Judgement], at: AssessmentPoint, year_group: YearGroup
) -> OddJump | None:
    history = [Judged(each, one.points, one.is_on_entry) for each, one in rows.items()]
    return odd_jump(this_term(history, at, year_group))


def value_in_words(points: int | None, reason: str) -> str:
    """As it is typed: points or the reason's words."""
    return str(points) if points is not None else in_a_word(Reason(reason))


def _code(points: int | None, year_group: YearGroup) -> str:
    return "" if points is None else code_of(points, year_group)


class _Told:
    """Who and what the events of a history name by number: read at once."""

    def __init__(self, access: Access, events: Iterable[Any]) -> None:
        contexts = [event.pgh_context or {} for event in events]
        self.people = User.objects.in_bulk({said["user"] for said in contexts if said.get("user")})
        ids = {said["change_set"] for said in contexts if said.get("change_set")}
        of_school = ChangeSet.objects.in_school(access.school).filter(public_id__in=ids) if ids else ()
        self.sets = {str(each.public_id): each for each in of_school}

    def emptied(self, event: Any) -> str:
        """Why a row is no longer there."""
        act: ChangeSet | None = self.sets.get((event.pgh_context or {}).get("change_set", ""))
        return "Left out when two records were merged" if act and act.kind == ChangeKind.MERGE else "Emptied"

    def change(self, event: Any, year_group: YearGroup, **said: Any) -> Change:
        context = event.pgh_context or {}
        by = self.people.get(context.get("user"))
        act: ChangeSet | None = self.sets.get(context.get("change_set", ""))
        kind = ChangeKind(act.kind) if act else None
        how = told_act(
            Source(event.source),
            event.made_by_school.name,
            kind,
            is_put_back=bool(context.get("put_back")),
        )
        told = {
            "value": "",
            "code": "",
            "said": "",
            "note": "",
            "is_current": False,
            "put_back": "",
            "how": "",
        }
        if said.get("value"):
            told |= {"code": _code(event.points, year_group), "how": how}
        return Change(
            **{
                **told,
                "who": by.name if by else "the operator",
                "when": told_moment(event.pgh_created_at),
                "because": act.reason if act and kind is ChangeKind.AFTER_CLOSING else "",
                **said,
            }
        )


def _changes(
    access: Access, row: PupilYear, cell: Cell, year: int, year_group: YearGroup, held: Judgement | None
) -> list[Change]:
    """From the first to the latest. A judgement that was only measured again did not change."""
    # What was judged by a second record of the child, before the two were merged, is part of it.
    records = Pupil.objects.in_school(access.school).filter(Q(pk=row.pupil_id) | Q(merged_into=row.pupil_id))
    events = list(
        Judgement.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
            school=access.school,
            academic_year=year,
            pupil__in=records,
            subject=cell.subject,
            term=cell.term.value,
        )
        .select_related("made_by_school")
        .order_by("pgh_id")
    )
    told = _Told(access, events)
    found: list[Change] = []
    of_row: dict[int, Any] = {}
    for event in events:
        before = of_row.pop(event.pgh_obj_id, None)
        if event.pgh_label == "delete":
            found.append(told.change(event, year_group, said=told.emptied(event)))
            continue
        if before is None or (event.points, event.reason) != (before.points, before.reason):
            value = value_in_words(event.points, event.reason)
            stands = held is not None and (held.points, held.reason) == (event.points, event.reason)
            found.append(told.change(event, year_group, value=value, put_back="" if stands else value))
        if event.note != (before.note if before else ""):
            said = "Note" if event.note else "Note removed"
            found.append(told.change(event, year_group, said=said, note=event.note))
        if before and event.confirmed_steps not in {None, before.confirmed_steps}:
            found.append(
                told.change(event, year_group, said=f"{signed(event.confirmed_steps)} steps confirmed")
            )
        of_row[event.pgh_obj_id] = event
    latest = max((number for number, change in enumerate(found) if change.value), default=None)
    if held and latest is not None:
        found[latest] = replace(found[latest], is_current=True)
    return found
