"""What figures are asked for, from an address: when, measured how, of whom."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.choices import BaseChoiceIterator

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm, Phase
from assessment.engine.scale_steps import ScaleStep, scale_steps
from assessment.engine.subjects import EYFS_AREAS, SUBJECTS, Subject, is_early_years
from assessment.queries.school_subjects import subjects_in_sight
from assessment.queries.snapshots import snapshots_for
from reports.documents.figure_pupils import OVER_CODES, SUBJECT_CODES, Part, point_label
from reports.documents.shown_figures import OVER_SUBJECTS
from reports.documents.totals import phases_of
from reports.forms.group_choices import group_choices
from reports.forms.progress_choices import progress_choices, since_of, with_one_measure
from reports.queries.choices import classes_to_choose, framework_to_choose_in, year_groups_to_choose
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT
from reports.queries.groups import BY_SLUG, Group, own_groups
from reports.queries.held_points import held_points
from reports.queries.prime_areas import PRIME_MEASURES
from reports.queries.scope import Filters, Measure, Scope
from schools.access import Access
from schools.bands import in_words
from schools.calendar import EyfsFramework, TermName, YearGroup
from schools.permissions import Permission
from schools.queries.releases import term_to_be_shown
from schools.queries.terms import reporting_term

TERMS = {term.label.lower(): term for term in TermName}
PHASES = {phase.label.lower(): phase for phase in Phase}
TILES, TABLE = "tiles", "table"


class _Offered(BaseChoiceIterator):
    """Choices as Django wants them, in pairs: others it puts in order itself, once for the field and once for its control."""

    def __init__(self, choices: Sequence[tuple[str, object]]) -> None:
        self._choices = choices

    def __iter__(self) -> Iterator[tuple[str, object]]:
        return iter(self._choices)


class FigureFilterForm(forms.Form):
    """The filters of a page of figures. An unknown choice is an error and counts as not made.

    Whoever sees no names chooses the term alone: any other choice, beside what it leaves out, would tell of a few pupils.
    """

    term = forms.ChoiceField(required=False, choices=[(key, term.label) for key, term in TERMS.items()])
    measure = forms.ChoiceField(label="Progress", required=False)
    phase = forms.ChoiceField(required=False)
    group = forms.ChoiceField(required=False)
    crossed_with = forms.ChoiceField(label="and", required=False)
    class_group = forms.ChoiceField(label="Class", required=False)
    snapshot = forms.ChoiceField(label="Figures", required=False)
    view = forms.ChoiceField(required=False, choices=[(TILES, ""), (TABLE, "")], widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, str], *, access: Access, today: dt.date) -> None:
        self.access = access
        self._taken = {str(each.number): each for each in snapshots_for(access)}
        # The snapshot whose figures these are; None where they are as they are now.
        self.taken = self._taken.get(data.get("snapshot", ""))
        self.term_not_held = self._term_not_held(data)
        # Where progress was to be measured from, though it lies after what is shown.
        self.not_before_term: AssessmentPoint | None = None
        sees_names = access.may(Permission.SEE_OWN_CLASSES)
        self.last_term = (reporting_term if sees_names else term_to_be_shown)(access, today)
        if self.taken:
            self.last_term = min(self.last_term, self.taken.term)
        data = with_one_measure(data)
        if self.term_not_held:
            data = {**data, "term": self.last_term.label.lower()}
        defaults = {"term": self.last_term.label.lower(), "measure": Measure.YEAR.value}
        super().__init__({**defaults, **{name: value for name, value in data.items() if value}})
        for name in defaults.keys() & self.fields.keys():
            self.fields[name].initial = defaults[name]
        if sees_names:
            self._offer_classes()
            self._offer_groups()
            self._offer_measures()
            self._offer_phases()
        else:
            for name in ("measure", "phase", "group", "crossed_with", "class_group"):
                self.fields.pop(name, None)
        self._offer_snapshots()
        self.full_clean()

    def _term_not_held(self, data: Mapping[str, str]) -> TermName | None:
        """The term that was asked of a snapshot of an earlier one, whose own term is shown then."""
        asked = TERMS.get(data.get("term", ""))
        is_held = not (self.taken and asked) or self.taken.holds(self.access.academic_year, asked)
        return None if is_held else asked

    def _offer_snapshots(self) -> None:
        if not self._taken:
            self.fields.pop("snapshot", None)
        elif "snapshot" in self.fields:
            offered = [(number, f"Snapshot {number}, {each.when}") for number, each in self._taken.items()]
            self._choose("snapshot", "As they are now", offered)

    def _choose(self, name: str, everything: str, choices: Sequence[tuple[str, object]]) -> None:
        field: Any = self.fields[name]
        field.choices = _Offered([("", everything), *choices])

    # The fields that choose a group, each with what it says where none is chosen.
    group_fields: Mapping[str, str] = {"group": "All pupils", "crossed_with": "Everybody"}

    # Whether the groups that the school made are among them: each is of one year.
    offers_own_groups = True

    def _offer_groups(self) -> None:
        """The groups that every school has, and the school's own."""
        names = [name for name in self.group_fields if name in self.fields]
        # What the school made, each with everybody else beside it.
        self.own = own_groups(self.access, self.taken) if names and self.offers_own_groups else []
        made = [group for pair in self.own for group in pair]
        self.groups: dict[str, Group] = BY_SLUG | {group.slug: group for group in made}
        choices = group_choices(self.own, has_prior=not is_early_years(self.highest_year_group))
        for name in names:
            self._choose(name, self.group_fields[name], choices)

    def group_chosen(self, name: str) -> Group | None:
        """The group that the field names."""
        return self.groups[self._chosen(name)] if self._chosen(name) else None

    def _crossed(self) -> list[Group]:
        """The groups that the figures are narrowed to: none, one, or two that are crossed."""
        found = [self.group_chosen(name) for name in ("group", "crossed_with") if name in self.fields]
        return [group for group in found if group]

    def _offer_classes(self) -> None:
        if "class_group" in self.fields:
            classes = classes_to_choose(self.access, self.taken, highest=self.highest_year_group)
            self._choose("class_group", "All classes", classes)

    # Of the pupils that the page is about.
    highest_year_group = YearGroup.Y13

    # Whether progress can be measured from a point that was chosen, beside the usual ones.
    offers_points = True

    def _offer_measures(self) -> None:
        """The usual ones, and since each point before the term that the school holds: a later one is the start of nothing, and is said."""
        if "measure" not in self.fields:
            return
        held = held_points(self.access, self.taken) if self.offers_points else []
        term = TERMS.get(self.data["term"], self.last_term)
        at = AssessmentPoint(self.access.academic_year, AssessmentTerm(term.value))
        since = since_of(self.data["measure"])
        if since in held and since >= at:
            self.not_before_term = since
            self.data = {**self.data, "measure": Measure.YEAR.value}
        field: Any = self.fields["measure"]
        field.choices = _Offered(progress_choices([point for point in held if point < at]))

    def _offer_phases(self) -> None:
        """Those of the school, where there are several; Key Stage 2 whole where both its halves are there."""
        if "phase" not in self.fields:
            return
        phases = phases_of(self.access.school)
        if len(phases) < 2:
            del self.fields["phase"]
            return
        self._choose("phase", "Whole school", [(each.label.lower(), each.label) for each in phases])

    # What links from other pages may carry and this page, of one year group, need not know.
    ignored: frozenset[str] = frozenset()

    @property
    def asks_for_more(self) -> bool:
        """Whether the address asks for what is not here, or not for this viewer."""
        ignored = self.ignored if self.access.may(Permission.SEE_OWN_CLASSES) else frozenset()
        return bool(self.errors) or not self._asked_beside() <= ignored

    def _asked_beside(self) -> set[str]:
        """Which of all filters the address names that are none here."""
        filters = {"measure", "phase", "group", "crossed_with", "class_group", "snapshot"}
        others = filters - set(self.fields)
        return {name for name in others if self.data.get(name) not in {None, Measure.YEAR.value}}

    @property
    def is_all_here(self) -> bool:
        """Whether the figures are those that the address asks for, and none beside them: a page says where they are not, a file cannot."""
        is_shown_otherwise = self.term_not_held or self.not_before_term
        return not (self.asks_for_more or self._asked_beside() or is_shown_otherwise)

    # What is said of each filter that other pages' links may carry and this page leaves out.
    says_of_ignored: Mapping[str, str] = {}

    @property
    def notes(self) -> list[str]:
        """What is shown otherwise than the address asks for, a sentence each."""
        said = [words for name, words in self.says_of_ignored.items() if name in self._asked_beside()]
        if self.not_before_term and not self.asks_for_more:
            point = point_label(self.not_before_term)
            said.append(
                f"{point} is not before the term shown, so nothing can be measured from there. Progress is this year’s instead."
            )
        return said

    @property
    def is_table(self) -> bool:
        """Whether the figures are wanted as a table instead of tiles."""
        return self._chosen("view") == TABLE

    def _chosen(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")

    @property
    def since_wanted(self) -> AssessmentPoint | None:
        """Where progress is measured from, if a point was chosen."""
        return since_of(self._chosen("measure"))

    def scope(self) -> Scope:
        """Of the whole school, or what of it the filters leave; for this viewer."""
        class_group = self._chosen("class_group")
        keys = [*(group.key for group in self._crossed()), None, None]
        since = self.since_wanted
        return Scope(
            schools=(self.access.school,),
            academic_year=self.access.academic_year,
            term=TERMS.get(self._chosen("term"), self.last_term),
            measure=Measure.FROM_TO if since else Measure(self._chosen("measure") or Measure.YEAR),
            since=since,
            filters=Filters(
                phase=PHASES.get(self._chosen("phase")),
                class_id=uuid.UUID(class_group) if class_group else None,
                group=keys[0],
                crossed_with=keys[1],
            ),
            viewer=self.access,
            snapshot=self.taken,
        )

    def chosen(self) -> dict[str, str]:
        """What links to the same figures carry: the term always, so that a link means the same next term."""
        scope = self.scope()
        chosen = {"term": scope.term.label.lower()}
        if scope.measure is not Measure.YEAR:
            chosen["measure"] = self._chosen("measure")
        narrowing = ("phase", "group", "crossed_with", "class_group", "snapshot")
        return chosen | {name: self._chosen(name) for name in narrowing if self._chosen(name)}

    def chosen_of_year_group(self) -> dict[str, str]:
        """What links to a year group's page carry: the same without the group, as it shows all of them."""
        return {
            name: value
            for name, value in self.chosen().items()
            if name not in {"group", "crossed_with", "phase"}
        }

    def chosen_of_early_years(self) -> dict[str, str]:
        """What links to the early years pages carry: they are of one phase, and steps there are told of the term and of the year."""
        return {
            name: value for name, value in self.chosen().items() if name not in {"phase", "measure", "since"}
        }

    def narrowed_to(self) -> list[str]:
        """What a file's title says of the choices: the groups by name, but no class's and none that the school made."""
        group = [f"snapshot {self.taken.number}"] if self.taken else []
        group += [self._label_of("phase")] if self._chosen("phase") else []
        crossed = ["one group" if each.is_own else each.name for each in self._crossed()]
        group += [" and ".join(crossed)] if crossed else []
        if self._chosen("class_group"):
            return [*group, "one class"]
        return group if self.scope().own_classes_of is None else [*group, "own classes"]

    def whom(self) -> list[str]:
        """The names of the phase, the groups and the class that the figures are narrowed to."""
        phase, class_group = (
            [self._label_of(name)] if self._chosen(name) else [] for name in ("phase", "class_group")
        )
        crossed = " and ".join(group.name for group in self._crossed())
        return [*phase, *([crossed] if crossed else []), *class_group]

    def _label_of(self, name: str) -> str:
        """What was chosen, in words."""
        field: Any = self.fields[name]
        return str(dict(field.choices)[self._chosen(name)])


class YearGroupForm(FigureFilterForm):
    """Of a year group's page, which shows its groups side by side: none is chosen."""

    group = None  # type: ignore[assignment]
    crossed_with = None  # type: ignore[assignment]
    phase = None  # type: ignore[assignment]
    ignored = frozenset({"phase"})


class FigurePupilsForm(FigureFilterForm):
    """The same, and which figure: year group, subject, and which part of its pupils."""

    part = forms.ChoiceField(
        label="Show", required=False, choices=lambda: [(part.value, in_words(part.label)) for part in Part]
    )
    year_group = forms.ChoiceField(required=False)
    subject = forms.ChoiceField(required=False)
    # Of an area: the step of the scale that the pupils stand at, by its first point.
    step = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    field_order = ("year_group", "subject", "part")

    def __init__(self, data: Mapping[str, str], *, access: Access, today: dt.date) -> None:
        super().__init__(data, access=access, today=today)
        year_groups = year_groups_to_choose(access, self.taken)
        self._choose("year_group", "All year groups", [(each.code, each.label) for each in year_groups])
        framework = framework_to_choose_in(access, self.taken)
        subjects: Any = self.fields["subject"]
        subjects.choices = subject_choices(access, year_groups, framework)
        self._steps = {str(step.first): step for step in scale_steps(framework)}
        self._choose("step", "", [(first, step.code) for first, step in self._steps.items()])
        for name in ("term", "measure", "phase", "group", "crossed_with", "class_group", "snapshot"):
            if name in self.fields:
                self.fields[name].widget = forms.HiddenInput()
        self._first_subject = first_subject(year_groups, framework)
        self.data = {"part": Part.PUPILS.value, "subject": self._first_subject, **self.data}
        for name in ("year_group", "subject", "part"):
            # Which figure it is filters nothing.
            self.fields[name].initial = self.data.get(name, "")
        self.full_clean()

    @property
    def part_wanted(self) -> Part:
        return Part(self._chosen("part") or Part.PUPILS)

    @property
    def step_wanted(self) -> ScaleStep | None:
        """The step that the pupils stand at, where the list is of one."""
        return self._steps.get(self._chosen("step"))

    @property
    def subject_wanted(self) -> int:
        """The number of a subject or area, or of what is over several."""
        return SUBJECT_CODES[self._chosen("subject") or self._first_subject]

    @property
    def year_group_wanted(self) -> YearGroup | None:
        if self.subject_wanted == GOOD_LEVEL_OF_DEVELOPMENT:
            return YearGroup.R
        code = self._chosen("year_group")
        return YearGroup.from_code(code) if code else None

    def chosen_figure(self) -> dict[str, str]:
        """What links to the same list carry."""
        names = ("year_group", "subject", "part", "step")
        figure = {name: self._chosen(name) for name in names if self._chosen(name)}
        return {**self.chosen(), **figure}

    def chosen_of_groups(self) -> dict[str, str]:
        """What the link to the page of groups carries, where the list is of one: there it is the one that others are crossed with."""
        is_of_group = self._crossed()
        return (
            {name: said for name, said in self.chosen_figure().items() if name != "part"}
            if is_of_group
            else {}
        )

    def scope(self) -> Scope:
        """Narrowed to the year group."""
        scope = super().scope()
        return replace(scope, filters=replace(scope.filters, year_group=self.year_group_wanted))


def first_subject(year_groups: list[YearGroup], framework: EyfsFramework) -> str:
    """Reading, unless everybody is in the early years."""
    is_older = not year_groups or not is_early_years(year_groups[-1])
    return (SUBJECTS if is_older else EYFS_AREAS[framework])[0].code.lower()


def subject_choices(
    access: Access, year_groups: list[YearGroup], framework: EyfsFramework
) -> list[tuple[str, Any]]:
    """The subjects that the school judges, or has judged in the year in view, and in a school with nursery or Reception the areas of its framework."""
    older = [
        *_choices(subjects_in_sight(access.school, access.academic_year)),
        (OVER_CODES[COMBINED], OVER_SUBJECTS[COMBINED]),
    ]
    gld = (OVER_CODES[GOOD_LEVEL_OF_DEVELOPMENT], OVER_SUBJECTS[GOOD_LEVEL_OF_DEVELOPMENT])
    primes = [(measure.code, measure.name) for measure in PRIME_MEASURES]
    areas = [*_choices(EYFS_AREAS[framework]), *primes, gld]
    if not any(is_early_years(each) for each in year_groups):
        return list(older)
    if all(is_early_years(each) for each in year_groups):
        return list(areas)
    return [("From Year 1", older), ("Nursery and Reception", areas)]


def _choices(subjects: tuple[Subject, ...]) -> list[tuple[str, str]]:
    return [(subject.code.lower(), subject.name) for subject in subjects]
