"""Judgements come in from a file by a command: all of them, or nothing and the reasons."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS, READING, WRITING
from assessment.management.commands.import_judgements import Command
from assessment.models import Judgement, Source
from schools.models import ChangeKind, ChangeSet, Pupil
from schools.row_security import visible_to
from tests.assessment.judgement_files import (
    ELSIE,
    HEADINGS,
    NOAH,
    ROWS,
    WIDE,
    YEAR,
    Import,
    JudgementEvent,
    Write,
    elsie,
    first_line,
    in_csv,
    in_semicolons,
    in_workbook,
)
from tests.factories import judged, on_roll
from tests.schools.files import upn, write_csv


@pytest.mark.parametrize("write", [in_csv, in_semicolons, in_workbook])
def test_judgements_of_a_file_are_taken_in_and_measured(load: Import, tmp_path: Path, write: Write) -> None:
    path = write(tmp_path, ROWS)
    assert load.file(path) == [first_line(load, "3 judgements; 3 new, 0 changed, 0 unchanged, 0 skipped.")]
    assert load.held() == [
        ("Elsie", READING.number, 2025, AssessmentTerm.AUTUMN, 44, "", False, ""),
        ("Elsie", MATHEMATICS.number, 2025, AssessmentTerm.SPRING, 48, "", False, ""),
        ("Noah", WRITING.number, 2025, AssessmentTerm.BASELINE, 50, "", False, ""),
    ]
    with visible_to(load.school):
        measured = Judgement.objects.get(pupil__upn=ELSIE, subject=READING.number)
        assert (measured.expected_low, measured.expected_high, measured.attainment) == (43, 44, 1 + 1)


def test_the_operator_made_them_by_one_import_and_the_history_says_so(load: Import) -> None:
    load(*ROWS)
    with visible_to(load.school):
        change = ChangeSet.objects.get(kind=ChangeKind.IMPORT)
        assert (change.by, change.reason) == (None, "Judgements from judgements.csv")
        assert [event.pgh_context for event in JudgementEvent.objects.all()] == [
            {"user": None, "change_set": str(change.public_id)}
        ] * 3
        made = Judgement.objects.values_list("source", "entered_by", "made_by_school", "version").distinct()
        assert list(made) == [(Source.IMPORTED, None, load.school.pk, 1)]


@pytest.mark.parametrize("write", [in_csv, in_workbook])
def test_the_same_file_again_writes_nothing(load: Import, tmp_path: Path, write: Write) -> None:
    path = write(tmp_path, [WIDE, elsie(44, "", "Reads aloud", "Y"), elsie("", "absent", subject="Maths")])
    load.file(path)
    before = load.written(), load.held()
    assert load.file(path) == [first_line(load, "2 judgements; 0 new, 0 changed, 2 unchanged, 0 skipped.")]
    assert (load.written(), load.held()) == before
    assert load.written() == (2, 2, 1)


def test_a_dry_run_says_what_would_change_and_writes_nothing(load: Import) -> None:
    load(WIDE, elsie(44, "", "Reads", ""), elsie(40, subject="Writing"), elsie(41, subject="Science"))
    before = load.written(), load.held()
    file = [
        WIDE,
        elsie(46, "", "Reads aloud", "yes"),
        elsie("", "absent", subject="Writing"),
        elsie(41, subject="Science"),
        elsie(43, subject="Maths"),
        [NOAH, "Maths", "2025/26", "Autumn", ""],
    ]
    report = [
        first_line(load, "4 judgements; 1 new, 2 changed, 1 unchanged, 1 skipped."),
        "Changed:",
        "  Row 2, Elsie Brough, Reading, Autumn 2025/26: 44 → 46; now on entry; note 'Reads' → 'Reads aloud'.",
        "  Row 3, Elsie Brough, Writing, Autumn 2025/26: 40 → absent.",
        "Skipped, with neither points nor a reason: 1 row. What is held for them stays as it is.",
    ]
    notice = "A dry run: nothing has been written. This is what would be done."
    assert load(*file, dry_run=True) == [notice, *report]
    assert (load.written(), load.held()) == before
    assert load(*file) == report
    assert load(*file, dry_run=True)[1] == first_line(
        load, "4 judgements; 0 new, 0 changed, 4 unchanged, 1 skipped."
    )


def test_of_many_changes_the_first_are_shown(load: Import) -> None:
    terms = ["Baseline", "Autumn", "Spring", "Summer"]
    subjects = ["Reading", "Writing", "Maths", "Science"]

    def rows(points: int) -> list[list[object]]:
        return [
            [child, subject, "2025/26", term, points]
            for child in (ELSIE, NOAH)
            for subject in subjects
            for term in terms
        ]

    load(HEADINGS, *rows(40))
    report = load(HEADINGS, *rows(41), dry_run=True)
    assert len(report) == 1 + 1 + 1 + 20 + 1
    assert report[3] == "  Row 2, Elsie Brough, Reading, Baseline 2025/26: 40 → 41."
    assert report[-1] == "  … and 12 more."


# Two rows for one cell


def test_rows_that_say_the_same_of_one_cell_count_once(load: Import) -> None:
    report = load(HEADINGS, elsie(44), elsie("4E1"), elsie("4e", subject="Reading "))
    assert report == [
        first_line(load, "1 judgement; 1 new, 0 changed, 0 unchanged, 0 skipped."),
        "Rows that say again what an earlier row says: 2. They counted once.",
    ]
    assert load.values() == [(44, "", False, "")]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ([44], [45], ("44", "45")),
        ([44], ["", "absent"], ("44, not on entry", "absent, not on entry")),
        ([44, "", "", "Y"], [44, "", "", "N"], ("44, on entry", "44, not on entry")),
        ([44, "", "Reads"], [44], ("44, not on entry, with the note 'Reads'", "44, not on entry")),
    ],
)
def test_rows_that_differ_on_one_cell_are_refused_both_named(
    load: Import, first: list[object], second: list[object], said: tuple[str, str]
) -> None:
    headings = HEADINGS if len(first) == len(second) == 1 else WIDE
    between = elsie(40, subject="Writing")
    assert load.problem(headings, elsie(*first), between, elsie(*second)) == (
        f"Row 4, Points: row 2 says of Elsie Brough, Reading, Autumn 2025/26 {said[0]}, this row {said[1]}."
        " Remove one of the two rows."
    )


# The file


def test_headings_without_rows_are_accepted(load: Import, tmp_path: Path) -> None:
    for path in (in_csv(tmp_path, [HEADINGS]), in_workbook(tmp_path, [HEADINGS])):
        assert load.file(path) == [
            first_line(load, "the file holds no judgements. It has headings and no rows.")
        ]
    assert load.written() == (0, 0, 0)


def test_needed_columns_that_are_missing_are_named(load: Import) -> None:
    assert load.refused(["UPN", "Subject", "Year Group", "Result"], [ELSIE, "Reading", "4", 44]) == [
        "No column was found for: Academic Year and Term. Row 1 was read as the headings: UPN, Subject, Year Group and Result."
    ]


def test_headings_are_known_by_the_names_that_systems_give_them(load: Import) -> None:
    report = load(
        ["Autumn export"],
        [
            "Pupil Name",
            "Unique Pupil Number",
            "Year",
            "School Year",
            "Assessment Point",
            "Subject Name",
            "Grade",
        ],
        ["Elsie Brough", ELSIE, "Year 4", "2025-26", "Autumn", "Reading", "4E1"],
    )
    assert report == [
        first_line(load, "1 judgement; 1 new, 0 changed, 0 unchanged, 0 skipped."),
        "Columns that were not used: Year and Pupil Name.",
    ]


def test_a_column_year_alone_is_the_academic_year(load: Import) -> None:
    load(["UPN", "Subject", "Year", "Term", "Judgement"], elsie(44))
    assert load.values() == [(44, "", False, "")]


def test_points_win_over_marks_beside_them(load: Import) -> None:
    report = load([*HEADINGS[:4], "Mark", "Points"], elsie(37, 44))
    assert load.values() == [(44, "", False, "")]
    assert report[1] == "Columns that say again what another says: Mark (Points was used)."


def test_two_columns_that_may_be_the_points_are_refused(load: Import) -> None:
    assert load.refused([*HEADINGS[:4], "Mark", "Grade"], elsie(37, "4E1")) == [
        "The columns Mark and Grade may each hold the points. Give the right one the heading Points."
    ]


def test_all_problems_of_a_file_are_told_at_once_and_nothing_is_taken(load: Import) -> None:
    report = load.refused(
        HEADINGS,
        elsie(44),
        [ELSIE, "Juggling", "2025/26", "Advent", 0],
        ["", "", "", "", 44],
        [ELSIE, "Reading", "2025/26", "Autumn", 45],
    )
    assert [line.split(": ")[0] for line in report] == [
        "nothing was imported. 8 problems:",
        "Row 3, Term",
        "Row 3, Subject",
        "Row 3, Points",
        "Row 4, UPN",
        "Row 4, Academic Year",
        "Row 4, Term",
        "Row 4, Subject",
        "Row 5, Points",
    ]


def test_of_very_many_problems_the_first_are_told(load: Import) -> None:
    report = load.refused(HEADINGS, *[elsie("many") for _ in range(1_500)])
    assert (report[0], len(report)) == ("nothing was imported. The first 1,000 problems:", 52)
    assert report[-1] == "… and 950 more."


def test_a_file_of_another_kind_is_refused(load: Import, tmp_path: Path) -> None:
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(b"%PDF-1.7 ...")
    assert load.file_refused(pdf) == [
        "This is a PDF, not a table. Export the report as an Excel workbook (.xlsx) or as CSV."
    ]
    assert load.file_refused(tmp_path / "none.csv") == [f"There is no file {tmp_path / 'none.csv'}."]


def test_a_file_that_turns_out_damaged_further_down_leaves_nothing(load: Import, tmp_path: Path) -> None:
    # Among the rows in which headings are looked for, and beyond them.
    for times in (1, 3):
        rows = [elsie(44, subject=subject) for subject in ("Reading", "Writing", "Maths", "Science")] * times
        path = write_csv(tmp_path / "file.csv", [HEADINGS, *rows])
        with path.open("a", encoding="utf-8") as file:
            file.write(f'{ELSIE},"Writing,2025/26,Autumn,44')
        (line,) = load.file_refused(path)
        assert line.startswith(f"Row {4 * times + 2} cannot be read: its quotation marks do not pair")


def test_a_file_without_headings_is_told_which_there_should_be(load: Import) -> None:
    (line,) = load.refused(elsie(44))
    assert line.endswith("should name the columns, such as UPN, Subject, Academic Year, Term, Points.")


def test_a_school_that_is_not_there_is_refused(load: Import, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"^There is no school with the URN '999999'\.$") as refused:
        call_command("import_judgements", str(in_csv(tmp_path, ROWS)), "--school", "999999")
    assert refused.value.returncode == 1


def test_a_judgement_that_a_teacher_typed_is_changed_only_where_the_file_differs(load: Import) -> None:
    with visible_to(load.school):
        pupil = Pupil.objects.get(upn=ELSIE)
        judged(pupil, YEAR, points=44, subject=READING, note="Seen in class")
        judged(pupil, YEAR, points=44, subject=MATHEMATICS)
    load(HEADINGS, elsie(45), elsie(44, subject="Maths"))
    with visible_to(load.school):
        found = Judgement.objects.order_by("subject").values_list("points", "note", "source", "version")
        assert list(found) == [(45, "Seen in class", Source.IMPORTED, 2), (44, "", Source.TYPED, 1)]


def test_wrong_usage_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv(["manage.py", "import_judgements", "file.csv"])
    assert ended.value.code == 2
    assert "--school" in capsys.readouterr().err


def test_no_progress_is_shown_where_nobody_looks_on(load: Import, capfd: pytest.CaptureFixture[str]) -> None:
    load(*ROWS)
    assert capfd.readouterr() == ("", "")


def test_a_letter_that_the_terminal_lacks_does_not_stop_the_report(load: Import, tmp_path: Path) -> None:
    load(HEADINGS, elsie(44))
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    path = in_csv(tmp_path, [HEADINGS, elsie(45)])
    call_command("import_judgements", str(path), "--school", load.school.urn, stdout=terminal)
    terminal.seek(0)
    assert "Autumn 2025/26: 44 ? 45." in terminal.read()


def test_a_name_of_a_file_that_is_no_text_is_kept_as_far_as_it_is(load: Import, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"judg\xff.csv")
    load.file(write_csv(path, ROWS))
    with visible_to(load.school):
        assert ChangeSet.objects.get(kind=ChangeKind.IMPORT).reason == "Judgements from judg?.csv"


def test_the_number_of_queries_does_not_grow_with_the_rows(
    load: Import, tmp_path: Path, django_assert_num_queries: Callable[..., Any]
) -> None:
    with visible_to(load.school):
        for child in range(100, 160):
            on_roll(load.school, YEAR, pupil__upn=upn(child))

    def run(count: int, points: int, queries: int) -> None:
        rows = [[upn(100 + each), "Reading", "2025/26", "Autumn", points] for each in range(count)]
        path = write_csv(tmp_path / "many.csv", [HEADINGS, *rows])
        with django_assert_num_queries(queries):
            load.file(path)

    for changed in (False, True):
        # Those that change are read again, locked, before they are written.
        run(1, 40 + changed, 23 + changed)
        run(60, 40 + changed, 23 + changed)


@pytest.mark.django_db(transaction=True)
def test_a_note_typed_while_a_file_is_taken_in_is_not_lost(load: Import, tmp_path: Path) -> None:
    load(HEADINGS, elsie(44), elsie(40, subject="Maths"))
    path = in_csv(tmp_path, [HEADINGS, elsie(45)])
    with visible_to(load.school):
        pupil = Pupil.objects.get(upn=ELSIE)
        judged(pupil, YEAR, points=46, subject=READING, note="Just seen")
        other = Thread(target=in_a_connection_of_its_own, args=[lambda: load.file(path)])
        other.start()
        wait_until_somebody_waits_for_a_row()
    other.join(timeout=30)
    assert not other.is_alive()
    assert load.values() == [(45, "", False, "Just seen"), (40, "", False, "")]


def in_a_connection_of_its_own(act: Callable[[], object]) -> None:
    try:
        act()
    finally:
        connection.close()


def wait_until_somebody_waits_for_a_row() -> None:
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')"
            )
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.02)
    pytest.fail("Nobody waited: the rows were not locked.")


def test_judgements_of_a_subject_that_the_school_leaves_out_are_taken_with_a_warning(load: Import) -> None:
    type(load.school).objects.filter(pk=load.school.pk).update(subjects_not_judged=["science"])
    load.school.refresh_from_db()
    said = load(HEADINGS, elsie(44), elsie(45, subject="Science"))
    assert said == [
        first_line(load, "2 judgements; 2 new, 0 changed, 0 unchanged, 0 skipped."),
        f"Science is a subject that {load.school.name} does not judge: 1 judgement, the first in row 3. They are taken all the same, and counted as others are.",
    ]
    assert [row[4] for row in load.held()] == [44, 45]
