"""The lists that start conversations: who is on them, why, with the numbers behind, and where to go from there."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.conversations import Conversation, attainment_of, conversations_about
from assessment.engine.expected_range import Attainment
from assessment.engine.explaining import OWN_EXPECTATION, in_parts
from assessment.engine.point_scale import code_of
from assessment.engine.subjects import BY_NUMBER
from assessment.engine.trajectory import Direction, Standing
from reports.documents.dashboard import term_title
from reports.documents.figure_pupils import NOT_ENTERED, point_label
from reports.documents.links import cell_address, history_address
from reports.documents.marks import Mark
from reports.documents.tables import Table, Value
from reports.queries.conversations import Candidate, candidates
from reports.queries.figure_pupils import named
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import TermName, YearGroup
from schools.models import PupilYear


@dataclass(frozen=True)
class _Told:
    name: str
    sentence: str


_TOLD: Mapping[Conversation, _Told] = {
    Conversation.FALLING_BACK: _Told(
        "Below and falling back",
        "Below the range, and further from it than at the end of the same term last year.",
    ),
    Conversation.CATCHING_UP: _Told(
        "Below but catching up",
        "Below the range, yet nearer to it than at the end of the same term last year: what helps them is worth knowing.",
    ),
    Conversation.AT_RISK: _Told(
        "At risk of slipping", "At the lowest point of the range: one step less would have been below."
    ),
    Conversation.COASTING: _Told(
        "Above and coasting", "Above the range, but with less than expected progress this year."
    ),
    Conversation.NO_BASELINE: _Told(
        "No baseline",
        "Judged this term, with nothing to start from: their progress this year cannot be measured.",
    ),
    Conversation.NOT_ASSESSED: _Told(
        "Not assessed",
        "On roll at the end of the term without points, where others of the year group have them.",
    ),
}
_MARKS = {
    Attainment.BELOW: Mark("Below", "is-below"),
    Attainment.AT: Mark("At", "is-at"),
    Attainment.ABOVE: Mark("Above", "is-above"),
}


@dataclass(frozen=True)
class ConversationCount:
    """One of the lists: how many lines it has, one a pupil and subject, of how many pupils, and the query that opens it."""

    conversation: Conversation
    name: str
    sentence: str
    count: int
    pupils: int
    query: str


@dataclass(frozen=True)
class ConversationLine:
    """A pupil in one subject. Addresses are empty where there is nothing to go to, or not for this person; `public_id` is None in the same way."""

    public_id: uuid.UUID | None
    name: str
    year_group: str
    class_name: str
    subject: str
    points: int | None
    code: str
    attainment: Mark | None
    because: str
    cell_address: str
    cell_label: str
    history_address: str


@dataclass(frozen=True)
class Conversations:
    """The counts of all lists, and the lines of the one that is shown, by name and subject.

    `steady` and `unknown_direction` are those below who are on neither of the first two lists. `not_begun` names the year groups and subjects in which
    nobody is judged: none of their pupils is on a list.
    """

    scope: Scope
    when: str
    query: str
    counts: tuple[ConversationCount, ...]
    shown: ConversationCount
    lines: tuple[ConversationLine, ...]
    steady: int
    unknown_direction: int
    not_begun: tuple[str, ...]
    has_pupils: bool


def conversation_counts(
    access: Access, scope: Scope, subjects: Iterable[int], chosen: dict[str, str]
) -> tuple[ConversationCount, ...]:
    """How long each list is; one query."""
    return _counts(_begun(candidates(scope, access.school, subjects))[0], chosen)


def conversations(
    access: Access,
    scope: Scope,
    subjects: Sequence[int],
    shown: Conversation,
    chosen: dict[str, str],
) -> Conversations:
    """Of Years 1 to 9, measured over this year, in these subjects; two queries, however many pupils."""
    found = candidates(scope, access.school, subjects)
    begun, not_begun = _begun(found)
    counts = _counts(begun, chosen)
    wanted: dict[int, list[Candidate]] = {}
    for each in begun:
        if shown in conversations_about(each.known):
            wanted.setdefault(each.pupil_id, []).append(each)
    below = Counter(
        each.known.direction
        for each in begun
        if each.known.now and attainment_of(each.known.now) is Attainment.BELOW
    )
    return Conversations(
        scope=scope,
        when=term_title(scope),
        query=urlencode({**chosen, "show": shown.value}),
        counts=counts,
        shown=next(each for each in counts if each.conversation is shown),
        lines=tuple(
            _line(access, scope, row, each, shown)
            for row in (named(access, list(wanted), scope.snapshot) if wanted else ())
            for each in wanted[row.pupil_id]
        ),
        steady=below[Direction.STEADY],
        unknown_direction=below[None],
        not_begun=not_begun,
        has_pupils=bool(found),
    )


def _begun(found: Sequence[Candidate]) -> tuple[list[Candidate], tuple[str, ...]]:
    """Without the subjects in which nobody of the year group is judged yet, and these by name."""
    waiting = dict.fromkeys((each.year_group, each.subject) for each in found if not each.has_begun)
    names = (f"{year_group.label} {BY_NUMBER[subject].name}" for year_group, subject in waiting)
    return [each for each in found if each.has_begun], tuple(names)


def _counts(begun: Iterable[Candidate], chosen: dict[str, str]) -> tuple[ConversationCount, ...]:
    on: dict[Conversation, list[int]] = {each: [] for each in _TOLD}
    for candidate in begun:
        for each in conversations_about(candidate.known):
            on[each].append(candidate.pupil_id)
    return tuple(
        ConversationCount(
            each,
            told.name,
            told.sentence,
            len(on[each]),
            len(set(on[each])),
            urlencode({**chosen, "show": each.value}),
        )
        for each, told in _TOLD.items()
    )


def _line(
    access: Access, scope: Scope, row: PupilYear, candidate: Candidate, shown: Conversation
) -> ConversationLine:
    now, subject = candidate.known.now, BY_NUMBER[candidate.subject]
    class_id = row.class_group.public_id if row.class_group else None
    lacks_baseline = shown is Conversation.NO_BASELINE and not candidate.on_entry
    # A Baseline stands in Autumn's sheet.
    goes_to = TermName.AUTUMN if lacks_baseline else scope.term
    label = "Enter points" if shown is Conversation.NOT_ASSESSED else "Marksheet"
    code = subject.code.lower()
    return ConversationLine(
        public_id=row.pupil.public_id if row.pk else None,
        name=row.pupil.name,
        year_group=row.year_group.label,
        class_name=row.class_group.name if row.class_group else "",
        subject=subject.name,
        points=candidate.points,
        code=code_of(now.points, candidate.year_group) if now else "",
        attainment=_MARKS[attainment_of(now)] if now else None,
        because=_because(candidate, scope.at, shown),
        # From a snapshot nothing leads to the judgement as it is now.
        cell_address="" if scope.snapshot else cell_address(access, row, class_id, code, goes_to),
        cell_label="Enter a Baseline" if lacks_baseline else label,
        history_address=history_address(access, row.pupil.public_id, code, scope.term)
        if now and not scope.snapshot
        else "",
    )


def _because(candidate: Candidate, at: AssessmentPoint, shown: Conversation) -> str:
    """The numbers behind: `2 below 43 to 44; a year before 1 below`."""
    now, ago = candidate.known.now, candidate.known.a_year_ago
    if now is None:
        return str(candidate.reason.label) if candidate.reason else NOT_ENTERED
    if shown in {Conversation.FALLING_BACK, Conversation.CATCHING_UP} and ago:
        then = point_label(AssessmentPoint(at.academic_year - 1, AssessmentTerm(at.term)))
        return f"{_distance(now)}; in {then} {_distance(ago)}"
    if shown is Conversation.COASTING and candidate.start:
        since = point_label(candidate.start)
        return f"{_steps(candidate)} since {since}; the range is {now.expected.label}"
    if shown is Conversation.NO_BASELINE:
        if candidate.on_entry:
            return "First judged on entry this term: the measure begins next term"
        return "No Baseline, no points last Summer, nothing on entry"
    return f"The range is {now.expected.label}"


def _distance(standing: Standing) -> str:
    where = attainment_of(standing)
    if where is Attainment.BELOW:
        return f"{standing.shortfall} below {standing.expected.label}"
    return f"{where.label.lower()} {standing.expected.label}"


def _steps(candidate: Candidate) -> str:
    expected = "no" if candidate.expected is None else in_parts(candidate.expected)
    whose = f" ({OWN_EXPECTATION})" if candidate.is_individual else ""
    return f"{candidate.steps} of {expected} steps expected{whose}"


def conversations_table(found: Conversations) -> Table:
    """The list as it is shown."""
    headings = ("Pupil", "Year group", "Class", "Subject", "Points", "Code", "Attainment", "Why")
    rows: list[list[Value]] = [
        [
            line.name,
            line.year_group,
            line.class_name,
            line.subject,
            line.points,
            line.code or None,
            line.attainment.word if line.attainment else None,
            line.because,
        ]
        for line in found.lines
    ]
    pupils = {(line.name, line.year_group, line.class_name) for line in found.lines}
    return Table(f"{found.shown.name}, {found.when}", headings, rows, len(pupils))


def years_with_lists(year_groups: Iterable[YearGroup]) -> list[YearGroup]:
    """Of these, the ones in which pupils stand against a range in subjects."""
    return [each for each in year_groups if YearGroup.Y1 <= each <= YearGroup.Y9]
