"""What a parent reads of a child: three sentences a subject, in words alone. Plain Python.

Where the child is, how they are moving, what comes next. No points, codes, colours or stages, no other child, and never that a child is behind without
what happens next. The words are ours (derived); they follow from the same measures as the staff's page.
"""

from __future__ import annotations

from dataclasses import dataclass

from assessment.engine.expectations import combined
from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress, ProgressMeasure, Yardstick, this_year
from assessment.engine.subjects import SUBJECTS, Kind, Subject, is_early_years
from assessment.engine.trajectory import Direction, Standing, direction
from reports.queries.pupil_progress import Entry, PupilRecord
from schools.calendar import YearGroup

# Of so few points below the range it is said that the child is close to it (derived).
CLOSE = 2


@dataclass(frozen=True)
class ParentSubject:
    """A subject, or an area of learning with all that belongs to it."""

    name: str
    where: str
    moving: str
    next: str

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(each for each in (self.where, self.moving, self.next) if each)


@dataclass(frozen=True)
class ParentPage:
    """How a child is getting on; `when` is the term in words."""

    child: str
    full_name: str
    year_group: str
    class_name: str
    when: str
    subjects: tuple[ParentSubject, ...]


_NEXT = {
    "reading": {
        Attainment.BELOW: "Next, {child} will read with an adult little and often, with books chosen to be just right, so that each one feels like a success. Ten minutes of reading together at home helps more than anything.",
        Attainment.AT: "Next, {child} will read a wider range of books and talk about them: what happened, why, and what the words tell us.",
        Attainment.ABOVE: "Next, {child} will try longer and richer books, and practise finding the words on the page that show why they think what they think.",
    },
    "writing": {
        Attainment.BELOW: "Next, {child} will say sentences aloud before writing them, and practise the spellings and letters that matter most, a few at a time.",
        Attainment.AT: "Next, {child} will write for different readers, and go back over their own work to make it clearer.",
        Attainment.ABOVE: "Next, {child} will choose words and sentences to suit the reader, and polish longer pieces of their own.",
    },
    "mathematics": {
        Attainment.BELOW: "Next, {child} will practise the number facts that everything else rests on, with things to hold and draw, until they come easily. Counting and number games at home are a great help.",
        Attainment.AT: "Next, {child} will use what they know in new kinds of problem, and explain how they worked it out.",
        Attainment.ABOVE: "Next, {child} will meet problems that can be solved in more than one way, and explain which way is best and why.",
    },
    "science": {
        Attainment.BELOW: "Next, {child} will revisit the main ideas by looking, trying and talking about what happens, and learn the words that go with them.",
        Attainment.AT: "Next, {child} will plan simple tests of their own and say what the results show.",
        Attainment.ABOVE: "Next, {child} will ask their own questions, decide how to find out, and explain results using the science they know.",
    },
}
# Of each heading of the early years: what it is in a few words, a next step where some of it is still to come, and one where it is there.
_EARLY = {
    "Communication and language": (
        "listening and talking",
        "Next, we will talk and listen together in small groups every day. At home, chatting about what you are doing, and giving time to answer, helps more than anything.",
        "Next, {child} will use new words in play and stories, and ask questions about them.",
    ),
    "Physical development": (
        "moving and using their hands",
        "Next, there will be plenty of climbing, running, threading and drawing, so that big and small movements grow stronger.",
        "Next, {child} will try finer work with pencils, scissors and tools, and new games outdoors.",
    ),
    "Personal, social and emotional development": (
        "getting along with others and looking after themselves",
        "Next, we will help with putting feelings into words, taking turns and doing small things alone, with an adult close by.",
        "Next, {child} will take on small jobs, and learn to see things from a friend’s side.",
    ),
    "Literacy": (
        "stories, reading and writing",
        "Next, we will share books and play with the sounds in words every day. A story together at home is the best help there is.",
        "Next, {child} will read and write more words and sentences, and retell stories in their own way.",
    ),
    "Mathematics": (
        "numbers and patterns",
        "Next, we will count, sort and compare real things every day. Counting stairs, spoons and jumps at home is a great help.",
        "Next, {child} will find different ways to make the same number, and make patterns of their own.",
    ),
    "Understanding the world": (
        "finding out about the world",
        "Next, we will look closely at things and people around us and talk about what we notice. Walks and family stories are a great start.",
        "Next, {child} will compare places, people and living things, and explain what they have noticed.",
    ),
    "Expressive arts and design": (
        "making, music and pretend play",
        "Next, there will be time to sing, paint, build and pretend alongside others, with ideas to borrow.",
        "Next, {child} will plan what to make or act out, and talk about how it went.",
    ),
}
_NEXT_UNJUDGED = "Next, the teacher will look at {child}’s work with them, and tell you what they find."
_NEXT_WITHOUT_RANGE = "Next, {child}’s teacher can show you the work in hand and what it leads to."


def parent_page(record: PupilRecord) -> ParentPage:
    """The page, as at the end of the term."""
    early = is_early_years(record.now.year_group)
    return ParentPage(
        child=record.called,
        full_name=record.full_name,
        year_group=record.now.year_group.label,
        class_name=record.now.class_name,
        when=f"{record.at.term.label} term {record.now.year}",
        subjects=_areas(record) if early else tuple(_subject(record, subject) for subject in SUBJECTS),
    )


# Subjects


def _subject(record: PupilRecord, subject: Subject) -> ParentSubject:
    """From the latest judgement of this year; what was judged in an earlier year no longer says where the child is."""
    child, held = record.called, record.of(subject)
    entry = _latest_of_year(record, list(held.values()))
    if entry is None or entry.points is None:
        return ParentSubject(
            subject.name,
            f"We have not yet written down where {child} is in {subject.name.lower()} this year.",
            f"{child} may have been away or be new to us, or it may be too early in the year to say.",
            _NEXT_UNJUDGED.format(child=child),
        )
    year_group = record.now.year_group
    history = [each.judged for each in held.values()]
    measure = this_year(history, entry.at, year_group, Yardstick(entry.expectations))
    heading = None
    if entry.expected is not None:
        then = held.get(entry.at._replace(academic_year=entry.at.academic_year - 1))
        before = (
            Standing(then.points, then.expected)
            if then is not None and then.points is not None and then.expected is not None
            else None
        )
        heading = direction(Standing(entry.points, entry.expected), before)
    return ParentSubject(
        subject.name,
        say_where(entry, child, year_group),
        say_moving(measure, heading, child, is_above=entry.attainment is Attainment.ABOVE),
        say_next(subject, entry.attainment, child),
    )


def _latest_of_year(record: PupilRecord, entries: list[Entry]) -> Entry | None:
    """Of the year in view; a Baseline only says where the year began."""
    judged = [
        each
        for each in entries
        if each.points is not None
        and each.at.academic_year == record.at.academic_year
        and each.at.term.term is not None
    ]
    return judged[-1] if judged else None


def say_where(entry: Entry, child: str, year_group: YearGroup) -> str:
    """Where the child is against what is expected at this age; without that, where there is nothing expected."""
    age = f"a child at this point in {year_group.label}"
    if entry.attainment is None or entry.expected is None or entry.points is None:
        return (
            f"In {year_group.label} we look at each pupil’s own path, not at what is usual for the age: "
            f"the teacher can tell you where {child} is on it."
        )
    if entry.attainment is Attainment.ABOVE:
        return f"{child} is working beyond what we hope for from {age}."
    if entry.attainment is Attainment.AT:
        return f"{child} is where we hope {age} will be."
    if Standing(entry.points, entry.expected).shortfall <= CLOSE:
        return f"{child} is close to where we hope {age} will be, with a few things still to become secure."
    return f"{child} is still building the steps that lead up to what we hope for from {age}, and is learning from where they are."


def say_moving(
    measure: ProgressMeasure | None, heading: Direction | None, child: str, *, is_above: bool = False
) -> str:
    """How the child has moved since the start of the year (of a child who came later since then)."""
    if measure is None:
        return f"We have no earlier starting point for {child} yet, so we cannot say how far they have come; by the end of the year we shall."
    since = "Since joining us" if measure.start.is_on_entry else "Since the start of the year"
    if measure.outcome is Progress.MORE:
        return (
            f"{since}, {child} has come further than we would usually expect in the time{_closing(heading)}."
        )
    if measure.outcome is Progress.EXPECTED:
        return (
            f"{since}, {child} has moved forward steadily, as we would expect in the time{_closing(heading)}."
        )
    if measure.steps > 0 and is_above:
        return f"{since}, {child} has moved forward from a strong place, and we want to keep that going."
    if measure.steps > 0:
        return f"{since}, {child} has moved forward, a little more slowly than we had hoped, and we are looking together at what will help."
    return f"{since}, {child} has been going back over earlier learning to make it secure, and we are looking together at what will help."


def _closing(heading: Direction | None) -> str:
    return ", and is catching up" if heading is Direction.CATCHING_UP else ""


def _moved(steps: int, about: str) -> str:
    """Of nursery and Reception, where steps have no measure."""
    if steps > 0:
        return f"taken new steps in {about}"
    return f"been practising {about}, to make what they know secure"


def say_next(subject: Subject, attainment: Attainment | None, child: str) -> str:
    """A general next step in the subject, for where the child is."""
    if attainment is None or subject.code not in _NEXT:
        return _NEXT_WITHOUT_RANGE.format(child=child)
    return _NEXT[subject.code][attainment].format(child=child)


# Nursery and Reception


def _areas(record: PupilRecord) -> tuple[ParentSubject, ...]:
    """The areas of learning by their headings, seven at most: seventeen goals would be a list and no message."""
    by_heading: dict[str, list[Subject]] = {}
    for entry in record.entries:
        area = entry.subject
        if area.kind is Kind.EYFS_AREA and entry.at.academic_year == record.at.academic_year:
            found = by_heading.setdefault(area.area_of_learning, [])
            if area not in found:
                found.append(area)
    if not by_heading:
        child = record.called
        return (
            ParentSubject(
                "Learning and play",
                f"We have not yet written down where {child} is this year.",
                f"{child} may be new to us, or it may be too early in the year to say.",
                _NEXT_UNJUDGED.format(child=child),
            ),
        )
    return tuple(_heading(record, heading, areas) for heading, areas in by_heading.items())


def _heading(record: PupilRecord, heading: str, areas: list[Subject]) -> ParentSubject:
    child = record.called
    latest = [
        entry
        for area in areas
        if (entry := _latest_of_year(record, list(record.of(area).values()))) is not None
    ]
    found = [each.attainment for each in latest]
    together = combined(found)
    measures = [
        this_year(
            [each.judged for each in record.of(entry.subject).values()], entry.at, record.now.year_group
        )
        for entry in latest
    ]
    about, still_to_come, there = _EARLY[heading]
    steps = [measure.steps for measure in measures if measure is not None]
    moving = (
        f"Since the start of the year, {child} has {_moved(sum(steps), about)}."
        if steps
        else say_moving(None, None, child)
    )
    if together is None:
        return ParentSubject(
            heading,
            f"We have not yet written down where {child} is in this.",
            "",
            _NEXT_UNJUDGED.format(child=child),
        )
    return ParentSubject(
        heading,
        _say_area(together, found, child),
        moving,
        (still_to_come if together is Attainment.BELOW else there).format(child=child),
    )


def _say_area(together: Attainment, found: list[Attainment | None], child: str) -> str:
    if together is Attainment.ABOVE:
        return f"{child} is doing more than we hope for from a child of this age."
    if together is Attainment.AT:
        return f"{child} is where we hope a child of this age will be."
    if max(each for each in found if each is not None) is Attainment.BELOW:
        return f"{child} is still finding their way into this, at their own pace."
    return f"{child} is where we hope a child of this age will be in some of this, and is still finding their way into the rest."
