"""A common transfer file comes in by the same command as a list of pupils: as one act, twice without a difference, and without what is nobody's business."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schools.calendar import YearGroup
from schools.models import (
    ChangeSet,
    CtfResultRaw,
    FsmPeriod,
    Pupil,
    PupilYear,
    School,
    SchoolAttended,
    SchoolYear,
    SenNeed,
    SenPeriod,
    Term,
)
from schools.row_security import visible_to
from schools.services.taking_back import Taken, take_back
from tests.schools.ctf_files import SAMPLE, ctf, ctf_pupil, result, results, written
from tests.schools.files import upn
from tests.schools.importing import ELSIE, HEADINGS, NOAH, Import, pupil, stays, year_of
from tests.schools.test_ctf_reading import PRIVATE, PRIVATE_DETAILS


class Ctf:
    """Imports common transfer files made of pieces of text."""

    def __init__(self, load: Import) -> None:
        self.load, self.school = load, load.school

    def __call__(
        self, *pupils: str, qualifier: str = "full", source: str | None = None, **options: object
    ) -> list[str]:
        said = {"source": source} if source is not None else {}
        path = written(self.load.folder, ctf(*pupils, qualifier=qualifier, **said), name="pupils.xml")
        return self.load.file(path, **options)

    def refused(self, *pupils: str, **options: object) -> list[str]:
        before = self.held()
        with pytest.raises(CommandError) as refused:
            self(*pupils, **options)
        assert (refused.value.returncode, self.held()) == (1, before)
        return str(refused.value).removeprefix("pupils.xml: ").splitlines()

    def held(self) -> tuple[int, ...]:
        with visible_to(self.school):
            models = (CtfResultRaw, FsmPeriod, SenPeriod, SenNeed, SchoolAttended)
            return (*self.load.held(), *(model.objects.count() for model in models))

    def rows(self, model: type, *names: str) -> list[tuple[object, ...]]:
        with visible_to(self.school):
            return list(model.objects.order_by("pk").values_list(*names))


@pytest.fixture
def load_ctf(load: Import) -> Ctf:
    return Ctf(load)


def test_the_sample_comes_in_whole(load_ctf: Ctf, school: School) -> None:
    assert load_ctf.load.file(SAMPLE)[:3] == [
        f"{school.name} (URN {school.urn}), 2025/26: 1 pupil; 1 new, 0 changed, 0 unchanged.",
        "Common transfer file (CTF 25) from Sample Primary School (860/2345).",
        f"WARNING: The file is addressed to 860/4001, not to {school.name} ({school.formatted_dfe_number}). Is it the right one?",
    ]
    ada, year = pupil(school, "EXAMPLE"), year_of(school, "EXAMPLE")
    assert (ada.upn, ada.forename, ada.preferred_forename, ada.sex) == ("B801200005001", "ADA", "Addy", "F")
    assert (year.year_group, year.ethnicity, year.is_eal, year.is_service_child) == (
        YearGroup.Y6,
        "WBRI",
        False,
        False,
    )
    assert (year.is_looked_after, year.sen_status, year.attendance) == (False, "K", Decimal("96.3"))
    assert load_ctf.rows(FsmPeriod, "kind", "country", "starts_on", "ends_on", "source") == [
        ("legacy", "ENG", dt.date(2021, 10, 1), dt.date(2023, 7, 21), "imported")
    ]
    assert load_ctf.rows(SenPeriod, "code", "status", "starts_on", "ends_on") == [
        ("K", "K", dt.date(2022, 9, 5), None)
    ]
    assert load_ctf.rows(SenNeed, "need", "rank", "starts_on") == [("SLCN", 1, dt.date(2022, 9, 5))]
    assert load_ctf.rows(SchoolAttended, "dfe_number", "urn", "name", "starts_on", "ends_on", "is_last") == [
        ("8602345", "100001", "Sample Primary School", dt.date(2019, 9, 4), dt.date(2026, 7, 17), True)
    ]
    assert load_ctf.rows(CtfResultRaw, "stage", "year", "subject", "method", "component", "status", "qualifier", "result", "result_date") == [
        ("KS2", "2024", "MAT", "TT", "MTC", "R", "MT", "23", None)
    ]  # fmt: skip


def test_the_same_file_again_changes_nothing(load_ctf: Ctf) -> None:
    load_ctf.load.file(SAMPLE)
    before = load_ctf.held()
    assert load_ctf.load.file(SAMPLE)[0].endswith("1 pupil; 0 new, 0 changed, 1 unchanged.")
    assert load_ctf.held() == before


def test_it_is_one_act_that_can_be_taken_back(load_ctf: Ctf, school: School) -> None:
    nothing = load_ctf.held()
    load_ctf.load.file(SAMPLE)
    with visible_to(school):
        change = ChangeSet.objects.get()
        assert change.reason == "Roll of 2025/26 from sample_ctf25_leaver.xml"
        assert isinstance(take_back(change=change, by=None), Taken)
        assert not any(model.objects.exists() for model in (Pupil, CtfResultRaw, SenPeriod, SchoolAttended))
    assert nothing[0] == 0


def test_a_dry_run_tells_the_same_and_writes_nothing(load_ctf: Ctf) -> None:
    before = load_ctf.held()
    report = load_ctf.load.file(SAMPLE, dry_run=True)
    assert load_ctf.held() == before
    assert report == [
        "A dry run: nothing has been written. This is what would be done.",
        *load_ctf.load.file(SAMPLE),
    ]


def test_a_partial_file_without_year_groups_leaves_them_alone(load_ctf: Ctf, school: School) -> None:
    load_ctf.load(HEADINGS, ELSIE, NOAH)
    rest = results("KS2", result("MTC", 25, method="TT", qualifier="MT"))
    report = load_ctf(
        ctf_pupil(1, year=None, rest=rest),
        ctf_pupil(2, "Cox", "Noah", "2017-03-02", year=None, sex="", rest=rest),
        qualifier="partial",
    )
    assert (year_of(school, "Brough").year_group, year_of(school, "Cox").year_group) == (
        YearGroup.Y3,
        YearGroup.Y4,
    )
    assert report == [
        f"{school.name} (URN {school.urn}), 2025/26: 2 pupils; 0 new, 1 changed, 1 unchanged.",
        "Partial common transfer file (CTF 25) from Sample Primary School (860/2345).",
        "Added: 2 results.",
        "Changed:",
        "  Pupil 1, Brough, Elsie: sex blank → Girl.",
    ]


def test_a_partial_file_makes_nobody_a_pupil(load_ctf: Ctf, school: School) -> None:
    load_ctf.load(HEADINGS, ELSIE)
    before = load_ctf.held()
    rest = results("KS2", result("MTC", 25, method="TT", qualifier="MT"))
    report = load_ctf(ctf_pupil(9, "Stranger", year=None, rest=rest), qualifier="partial")
    assert load_ctf.held() == before
    assert report[-1] == (
        "Left out, as the school does not know them and a partial file without year groups makes nobody a pupil: Stranger, Elsie."
    )


def test_who_is_not_on_the_roll_of_the_year_keeps_the_results_alone(load_ctf: Ctf, school: School) -> None:
    load_ctf.load(HEADINGS, ELSIE)
    rest = results("KS1", result("PHO", 35, subject="ENG", method="TT", qualifier="NM"))
    report = load_ctf(
        ctf_pupil(1, "BROUGH", "ELSIE", year=None, rest=rest), qualifier="partial", year="2024/25"
    )
    assert load_ctf.rows(CtfResultRaw, "pupil__surname", "component", "result") == [("Brough", "PHO", "35")]
    assert load_ctf.rows(PupilYear, "academic_year") == [(2025,)]
    assert report[-1].startswith("Not on the roll of 2024/25")


def test_a_new_pupil_of_a_full_file_without_a_year_group_is_placed_by_age_and_told(
    load_ctf: Ctf, school: School
) -> None:
    report = load_ctf(ctf_pupil(1, year=None))
    assert year_of(school, "Brough").year_group == YearGroup.Y3
    assert "  Pupil 1, Brough, Elsie is placed in Year 3 by age: the file gives no year group." in report


def test_contacts_and_addresses_are_nowhere_in_the_database_and_counted(
    load_ctf: Ctf, school: School
) -> None:
    report = load_ctf(ctf_pupil(basic=PRIVATE_DETAILS, rest=PRIVATE))
    with visible_to(school), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" AS kept WHERE kept::text LIKE %s', ["%SECRET%"])
            assert (table, cursor.fetchone()) == (table, (0,))
        cursor.execute("SELECT count(*) FROM schools_pupil AS kept WHERE kept::text LIKE %s", ["%Brough%"])
        assert cursor.fetchone() == (1,)
    assert report[-1] == (
        "Nothing was kept of: addresses (1), contacts (1), disabilities (1), e-mail addresses (1), former surnames (1),"
        " medical flags (1), middle names (1), supplementary information (1) and telephone numbers (1)."
    )


def test_a_name_in_capitals_does_not_take_the_place_of_the_same_name_in_small_letters(
    load_ctf: Ctf, school: School
) -> None:
    load_ctf.load(HEADINGS, [upn(1), "O’Brien-Smith", "Elsie", "15/01/2018", "3"])
    load_ctf(ctf_pupil(1, "O’BRIEN-SMITH", "ELSIE", basic="<PreferredForename>ELSIE</PreferredForename>"))
    held = pupil(school, "O’Brien-Smith")
    assert (held.forename, held.preferred_forename) == ("Elsie", "")
    load_ctf(ctf_pupil(1, "O’BRIEN", "ELSIE"))
    assert pupil(school, "O’BRIEN").forename == "Elsie"


def test_absent_elements_leave_everything_unchanged(load_ctf: Ctf, school: School) -> None:
    load_ctf.load.file(SAMPLE)
    before = load_ctf.held()
    bare = "<Pupil><UPN>B801200005001</UPN><Surname>EXAMPLE</Surname><Forename>ADA</Forename><DOB>2015-08-31</DOB></Pupil>"
    assert load_ctf(bare)[0].endswith("0 new, 0 changed, 1 unchanged.")
    assert load_ctf.held() == before


def test_results_that_nobody_knows_are_kept_and_listed(load_ctf: Ctf) -> None:
    rest = results("KS9", result("ZZZ", "?"), result("ZZZ", "??"), result("MAT", "EXS"))
    report = load_ctf(ctf_pupil(rest=rest))
    assert "Added: 3 results." in report
    at = report.index("Results that are kept as they came, and of which nobody here knows what they mean:")
    assert report[at + 1 : at + 3] == [
        "  stage 'KS9', subject 'MAT', method 'TA', component 'MAT', qualifier 'NA': 1 result",
        "  stage 'KS9', subject 'MAT', method 'TA', component 'ZZZ', qualifier 'NA': 2 results",
    ]


def test_a_corrected_result_stands_beside_the_earlier_one(load_ctf: Ctf) -> None:
    for mark in (23, 24, 23):
        load_ctf(ctf_pupil(rest=results("KS2", result("MTC", mark, method="TT", qualifier="MT"))))
    assert load_ctf.rows(CtfResultRaw, "result") == [("23",), ("24",)]


def test_the_profile_of_reception_makes_no_judgements_and_says_so(load_ctf: Ctf) -> None:
    report = load_ctf(
        ctf_pupil(rest=results("EYF", result("E01", 2, subject="COM", method="FA", qualifier="FD")))
    )
    assert (
        "EYFS profiles were kept as results and make no judgements by themselves: a profile counts here when the school has entered it."
        in report
    )


def sen(*provisions: tuple[str, str]) -> str:
    each = "".join(
        f"<SEN><StartDate>{day}</StartDate><SENprovision>{code}</SENprovision></SEN>"
        for day, code in provisions
    )
    return f"<SENhistory>{each}</SENhistory>"


def test_a_provision_lasts_until_the_next_begins_and_a_later_file_goes_on_from_there(
    load_ctf: Ctf, school: School
) -> None:
    load_ctf(ctf_pupil(rest=sen(("2022-09-05", "N"), ("2023-01-09", "K"))))
    assert year_of(school, "Brough").sen_status == "K"
    report = load_ctf(ctf_pupil(rest=sen(("2022-09-05", "N"), ("2023-01-09", "K"), ("2025-11-03", "E"))))
    assert load_ctf.rows(SenPeriod, "code", "starts_on", "ends_on") == [
        ("N", dt.date(2022, 9, 5), dt.date(2023, 1, 8)),
        ("K", dt.date(2023, 1, 9), dt.date(2025, 11, 2)),
        ("E", dt.date(2025, 11, 3), None),
    ]
    assert year_of(school, "Brough").sen_status == "E"
    assert "Added: 1 period of SEN." in report
    assert "Completed or corrected: 1 period of SEN." in report


def test_a_year_that_only_held_what_a_pupil_brought_is_opened_and_its_status_follows(
    load_ctf: Ctf, school: School
) -> None:
    with visible_to(school):
        year = SchoolYear.objects.create(
            school=school, academic_year=2025, eyfs_framework=2021, is_for_copies=True
        )
    load_ctf(ctf_pupil(rest=sen(("2022-09-05", "N"), ("2023-01-09", "K"))))
    assert year_of(school, "Brough").sen_status == "K"
    with visible_to(school):
        year.refresh_from_db()
        assert not year.is_for_copies
        assert Term.objects.in_school(school).filter(academic_year=2025).count() == 3
    # The next file's status follows from its periods, as in every year that is open.
    load_ctf(ctf_pupil(rest=sen(("2022-09-05", "N"), ("2023-01-09", "K"), ("2025-11-03", "E"))))
    assert year_of(school, "Brough").sen_status == "E"


def test_a_period_that_the_school_holds_otherwise_stays_and_is_told(load_ctf: Ctf, school: School) -> None:
    load_ctf(ctf_pupil(rest=sen(("2024-09-02", "E"))))
    report = load_ctf(ctf_pupil(rest=sen(("2024-09-02", "K"))))
    assert load_ctf.rows(SenPeriod, "code") == [("E",)]
    assert (
        "  Pupil 1, Brough, Elsie was not taken: SEN from 02/09/2024: the school holds something else of these days."
        in report
    )


def meals(first: str, last: str = "") -> str:
    end = f"<FSMendDate>{last}</FSMendDate>" if last else ""
    return f"<FSMhistory><FSMinstance><FSMstartDate>{first}</FSMstartDate>{end}<UKcountry>ENG</UKcountry></FSMinstance></FSMhistory>"


@pytest.mark.parametrize(
    ("first", "last", "made", "kinds"),
    [
        ("2024-09-02", "2025-07-21", "2026-07-17", [("legacy", "2024-09-02", "2025-07-21")]),
        ("2024-09-02", "", "2026-07-17", [("legacy", "2024-09-02", None)]),
        (
            "2024-09-02",
            "",
            "2026-10-01",
            [("legacy", "2024-09-02", "2026-08-31"), ("unknown", "2026-09-01", None)],
        ),
        ("2026-09-07", "", "2026-10-01", [("unknown", "2026-09-07", None)]),
    ],
)
def test_free_meals_since_september_2026_are_of_a_kind_not_known(
    load_ctf: Ctf, first: str, last: str, made: str, kinds: list[tuple[str, str, str | None]]
) -> None:
    text = ctf(ctf_pupil(rest=meals(first, last))).replace("2026-07-17T15:05:00", f"{made}T09:00:00")
    path = written(load_ctf.load.folder, text)
    for _ in range(2):
        load_ctf.load.file(path)
        held = load_ctf.rows(FsmPeriod, "kind", "starts_on", "ends_on")
        assert [(kind, str(start), str(end) if end else None) for kind, start, end in held] == kinds


def test_attendance_goes_to_the_year_it_is_of(load_ctf: Ctf, school: School) -> None:
    load_ctf.load(HEADINGS, [*ELSIE[:4], "2"], year="2024/25")
    load_ctf.load(HEADINGS, ELSIE)

    def year(number: int, attended: int) -> str:
        sessions = f"<SessionsPossible>200</SessionsPossible><SessionsAttended>{attended}</SessionsAttended>"
        return f"<YearData><Year>{number}</Year>{sessions}</YearData>"

    # Of 2025/26 at two schools: 190 and 170 of 400 sessions together.
    rest = f"<Attendance>{year(2023, 1)}{year(2024, 199)}{year(2025, 190)}{year(2025, 170)}</Attendance>"
    load_ctf(ctf_pupil(rest=rest))
    assert load_ctf.rows(PupilYear, "academic_year", "attendance") == [
        (2024, Decimal("99.5")),
        (2025, Decimal("90.0")),
    ]


def test_entry_and_leaving_at_this_school_make_the_stay(load_ctf: Ctf, school: School) -> None:
    here = f"<LEA>{school.dfe_number[:3]}</LEA><Estab>{school.dfe_number[3:]}</Estab>"
    elsewhere = "<LEA>860</LEA><Estab>9999</Estab>"
    rest = (
        "<SchoolHistory>"
        f"<School>{elsewhere}<EntryDate>2022-09-05</EntryDate><LeavingDate>2024-07-19</LeavingDate></School>"
        f"<School>{here}<EntryDate>2024-09-03</EntryDate><LeavingDate>2026-02-13</LeavingDate></School>"
        "</SchoolHistory>"
    )
    load_ctf(ctf_pupil(rest=rest))
    assert stays(school, "Brough") == [(dt.date(2024, 9, 3), False, dt.date(2026, 2, 13))]
    assert load_ctf.rows(SchoolAttended, "dfe_number") == [("8609999",), (school.dfe_number,)]


def test_a_former_upn_is_told_of_and_merges_nobody(load_ctf: Ctf, school: School) -> None:
    load_ctf.load(HEADINGS, ELSIE)
    report = load_ctf(ctf_pupil(5, "Newname", "Elise", basic=f"<FormerUPN>{upn(1)}</FormerUPN>"))
    with visible_to(school):
        assert Pupil.objects.count() == 2
    assert (
        f"  Pupil 1, Newname, Elise had the UPN {upn(1)} before, which Elsie Brough has here. They were not made one: see whether they are one child."
        in report
    )


def test_another_upn_for_one_name_and_birthday_is_refused(load_ctf: Ctf) -> None:
    load_ctf.load(HEADINGS, ELSIE)
    assert load_ctf.refused(ctf_pupil(5), ctf_pupil(2, "Cox")) == [
        "nothing was imported. 1 problem:",
        f"Pupil 1 (Brough, Elsie), UPN: '{upn(5)}' is not the UPN we hold for Brough, Elsie, born 15/01/2018: {upn(1)}. Correct one of them.",
    ]


def test_one_bad_element_keeps_the_whole_file_out_with_every_problem_told(load_ctf: Ctf) -> None:
    load_ctf.load(HEADINGS, ELSIE)
    good = ctf_pupil(2, "Cox", rest=sen(("2024-09-02", "K")))
    assert load_ctf.refused(
        good, ctf_pupil(3, "Dale", born="2031-01-01"), ctf_pupil(4, "Eaton", rest=sen(("soon", "K")))
    ) == [
        "nothing was imported. 2 problems:",
        "Pupil 2 (Dale, Elsie), date of birth: '01/01/2031' lies in the future.",
        "Pupil 3 (Eaton, Elsie), SEN provision (StartDate): 'soon' is not a date. It is written as 2015-08-31.",
    ]


def test_guests_are_left_out_and_counted(load_ctf: Ctf, school: School) -> None:
    report = load_ctf(
        ctf_pupil(basic="<EnrolStatus>G</EnrolStatus>"),
        ctf_pupil(2, "Cox", basic="<EnrolStatus>C</EnrolStatus>"),
    )
    with visible_to(school):
        assert [each.surname for each in Pupil.objects.all()] == ["Cox"]
    assert "Left out, as guests on another school’s roll: 1 pupil." in report


def test_missing_fills_only_what_is_empty(load_ctf: Ctf, school: School) -> None:
    load_ctf.load([*HEADINGS, "Ethnicity"], [*ELSIE, "AIND"])
    load_ctf(ctf_pupil(1, "Brough-Lee", basic="<Ethnicity>WBRI</Ethnicity>"), update="missing")
    assert (year_of(school, "Brough").ethnicity, pupil(school, "Brough").sex) == ("AIND", "F")


def test_a_file_without_pupils_opens_no_year(load_ctf: Ctf, school: School) -> None:
    before = load_ctf.held()
    assert load_ctf()[0] == f"{school.name} (URN {school.urn}), 2025/26: the file holds nobody."
    assert load_ctf.held() == before


def test_a_new_name_stays_when_somebody_corrected_it(load_ctf: Ctf, school: School) -> None:
    load_ctf.load.file(SAMPLE)
    with visible_to(school):
        Pupil.objects.update(surname="Example", forename="Ada")
    load_ctf.load.file(SAMPLE)
    assert pupil(school, "Example").forename == "Ada"


def test_the_queries_do_not_grow_with_the_pupils(load_ctf: Ctf, school: School) -> None:
    def queries(first: int, count: int) -> int:
        rest = sen(("2024-09-02", "K")) + results("KS2", result("MTC", 20, method="TT", qualifier="MT"))
        pupils = [ctf_pupil(number, f"Child{number}", rest=rest) for number in range(first, first + count)]
        with CaptureQueriesContext(connection) as captured:
            load_ctf(*pupils)
        return len(captured)

    queries(100, 1)
    assert queries(200, 3) == queries(300, 30)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cuts=st.lists(
        st.tuples(
            st.integers(600, 3_300),
            st.integers(0, 12),
            st.sampled_from(
                ["", "9", "x", "-", "2", "K", "0001-01-01", "9999-12-31", "<SEN/>", "</SEN>", "true", "&amp;"]
            ),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_sample_that_was_meddled_with_comes_in_whole_or_not_at_all(
    load_ctf: Ctf, cuts: list[tuple[int, int, str]]
) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    for start, length, piece in cuts:
        text = text[:start] + piece + text[start + length :]
    before = load_ctf.held()
    try:
        load_ctf.load.file(written(load_ctf.load.folder, text))
    except CommandError:
        assert load_ctf.held() == before
    else:
        now = load_ctf.held()
        load_ctf.load.file(written(load_ctf.load.folder, text))
        assert load_ctf.held() == now
