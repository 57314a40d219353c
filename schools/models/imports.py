"""Files that somebody takes in on a page: what was asked for, what came of it, and what each heading was said to mean."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from schools.models.fields import AcademicYearField
from schools.models.people import User
from schools.models.school_owned import SameSchoolKey, SchoolOwned, known_in, tracked


class ImportState(models.TextChoices):
    """Where an import stands."""

    LOOKING = "looking", "Being read"
    SHOWN = "shown", "Waiting for you"
    TAKING = "taking", "Being imported"
    DONE = "done", "Imported"
    GIVEN_UP = "given_up", "Not imported"


@tracked
class ImportRun(SchoolOwned):
    """One file that somebody brought: of which kind and year, how far it is, and how much it changed. Names nobody.

    `update` is what becomes of values that are held already: `all` takes what the file says, `missing` fills what is empty. `is_whole` says that whoever is
    not in the file is not on roll. `change` is the act that it was; none where it changed nothing.
    """

    kind = models.CharField(max_length=30)
    academic_year = AcademicYearField()
    update = models.CharField(max_length=7, choices=[("all", "all"), ("missing", "missing")], default="all")
    is_whole = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.LOOKING)
    # The work that was asked for last, by its key in addresses; gone after a day.
    job = models.UUIDField(null=True)
    # How many of what, by words of the kind: {"new": 12}.
    counts = models.JSONField(default=dict, blank=True)
    change = models.ForeignKey(related_name="+", null=True, blank=True, **known_in("schools.ChangeSet"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now, editable=False)

    is_taken_back = False
    called = ("import", "imports")

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.CheckConstraint(name="importrun_state_known", condition=Q(state__in=ImportState.values)),
            models.CheckConstraint(name="importrun_update_known", condition=Q(update__in=["all", "missing"])),
            SameSchoolKey(
                name="importrun_change",
                fields=("change", "school"),
                to="schools.ChangeSet",
                to_fields=("id", "school"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.academic_year}: {ImportState(self.state).label}"


class ImportPaper(SchoolOwned):
    """What names pupils: the file until it is taken in, what was answered, and what was shown of it row by row.

    Without a history, which would keep what is removed here: the file when it has been taken in, is given up or has lain for a day; the rows when a pupil
    of the school is anonymised, erased or severed. The numbers stay with the run.
    """

    run = models.ForeignKey(related_name="papers", **known_in("schools.ImportRun"))
    file_name = models.CharField(max_length=200)
    content = models.BinaryField(null=True)
    # What the headings mean, which rows are of whom, who leaves: schools/import_kinds.py.
    asked = models.JSONField(default=dict, blank=True)
    # What was found (schools.import_kinds.Found), by the keys of its columns; empty when it was removed.
    shown = models.JSONField(default=dict, blank=True)
    # Whether records changed after it was shown, so that it was not taken in and is shown anew.
    is_stale = models.BooleanField(default=False)

    is_taken_back = False

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "run"], name="importpaper_once"),
            SameSchoolKey(
                name="importpaper_run",
                fields=("run", "school"),
                to="schools.ImportRun",
                to_fields=("id", "school"),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


@tracked
class ColumnMapping(SchoolOwned):
    """What a heading means in this school's files of one kind: a field, or "" for nothing that is kept."""

    kind = models.CharField(max_length=30)
    # As schools.imports.headings.normalised gives it.
    heading = models.CharField(max_length=100)
    field = models.CharField(max_length=50, blank=True)

    is_taken_back = False

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "kind", "heading"], name="columnmapping_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.heading} is {self.field or 'nothing'}"
