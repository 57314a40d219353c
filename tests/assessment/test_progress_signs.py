"""The review list: who stands on it and why, by figures worked out by hand; what is decided, and what is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.progress_signs import LITERAL, Outcome, Sign
from assessment.engine.subjects import MATHEMATICS, READING
from assessment.models import Decided, Judgement, SignDecision
from assessment.models.progress_signs import LONGEST_REASON
from assessment.queries.progress_signs import (
    PupilSigns,
    ReviewList,
    SubjectSigns,
    decisions_about,
    review_list,
    signs_of_pupil,
)
from assessment.services.progress_signs import decide
from assessment.views import progress_signs
from reports.documents.tables import Table
from reports.exports.excel import to_xlsx
from schools.access import Access
from schools.calendar import TermName, YearGroup
from schools.models import PupilYear, Role, School
from tests.assessment.progress_cohort import LAST_YEAR, YEAR, cohort, pupil_of, seen_by, senco
from tests.conftest import member, signed_in
from tests.factories import judged

__all__ = ["cohort", "senco"]

AUTUMN, SPRING, SUMMER = TermName


def names(pupils: Iterable[PupilSigns]) -> list[str]:
    return [pupil.name.split(",")[0] for pupil in pupils]


def mathematics(pupils: Iterable[PupilSigns], surname: str) -> SubjectSigns:
    pupil = next(pupil for pupil in pupils if pupil.name.startswith(surname))
    (found,) = pupil.subjects
    assert found.subject == MATHEMATICS
    return found


def everybody(found: ReviewList) -> tuple[PupilSigns, ...]:
    return (*found.first, *found.others, *found.settled, *found.not_enough)


def record_of(school: School, surname: str) -> PupilYear:
    return PupilYear.objects.in_school(school).get(academic_year=YEAR, pupil__surname=surname)


def decided_about(school: School, surname: str, by: Any, **said: Any) -> SignDecision:
    told = {"term": SUMMER, "decided": Decided.ADAPT, "reason": "Missed a term.", "signs": (), **said}
    return decide(pupil_year=record_of(school, surname), subject=MATHEMATICS, by=by, **told)


def corrected(school: School, surname: str, points: int) -> None:
    pupil = record_of(school, surname).pupil
    Judgement.objects.in_school(school).filter(pupil=pupil, academic_year=YEAR).delete()
    judged(pupil, YEAR, AssessmentTerm.SUMMER, points)


def test_the_list_of_a_cohort_counted_by_hand(senco: Access) -> None:
    found = review_list(senco, SUMMER)
    assert (names(found.first), names(found.others), names(found.settled)) == (
        ["P04"],
        ["P05", "P09", "P12"],
        [],
    )
    assert (found.looked_at, found.undecided) == (15, 4)
    # P12 has two signs and more, and is on the register.
    assert [(each.most, each.sen) for each in (*found.first, *found.others)] == [
        (3, "SEN status not recorded"),
        (1, "No SEN"),
        (1, "No SEN"),
        (3, "SEN support"),
    ]
    fourth = mathematics(found.first, "P04")
    assert (fourth.now, fourth.start_name, fourth.shown) == (
        38,
        "last Summer",
        (Sign.SLOWER, Sign.PREVIOUS_RATE, Sign.GAP_WIDENING),
    )
    slower, rate, gap = fourth.signs.slower, fourth.signs.previous_rate, fourth.signs.widening
    assert (slower.gain, slower.median, slower.rank, slower.peers) == (4, 7, 0, 9)
    assert (rate.earlier_rate, rate.rate, rate.shortfall) == (1, Fraction(4, 7), 3)
    assert (gap.at_start, gap.now, gap.peers) == (0, Fraction(31, 11), 11)
    assert fourth.signs.not_closing.outcome is Outcome.DOES_NOT_APPLY
    last = mathematics(found.others, "P12")
    assert (last.signs.slower.outcome, last.signs.previous_rate.shortfall) == (Outcome.TOO_FEW_PEERS, 1)
    assert (last.signs.widening.at_start, last.signs.widening.now) == (Fraction(48, 11), Fraction(67, 11))
    assert mathematics(found.others, "P05").signs.previous_rate.outcome is Outcome.NOT_ENOUGH_DATA


def test_what_is_not_enough_is_counted_apart_and_says_why(senco: Access) -> None:
    found = review_list(senco, SUMMER)
    assert {name: mathematics(found.not_enough, name).why_not for name in names(found.not_enough)} == {
        "Late": "nothing at the start of the year",
        "Mia": "not judged this term",
        "Odd": "too few peers, and nothing from the year before",
    }
    assert not {"Gone", "Ria"} & set(names(everybody(found)))
    # Nobody was judged in Autumn: nobody is looked at.
    empty = review_list(senco, AUTUMN)
    assert (empty.looked_at, everybody(empty)) == (0, ())


def test_a_filter_narrows_the_list_and_not_the_peers(senco: Access, cohort: School) -> None:
    judged(record_of(cohort, "P01").pupil, YEAR, AssessmentTerm.SUMMER, 40, subject=READING)
    whole = review_list(senco, SUMMER)
    assert review_list(senco, SUMMER, year_group=YearGroup.Y3, subject=MATHEMATICS).first == whole.first
    assert names(review_list(senco, SUMMER, year_group=YearGroup.Y4).not_enough) == ["Odd"]
    reading = review_list(senco, SUMMER, subject=READING)
    assert (reading.first, reading.others, reading.looked_at) == ((), (), 14)
    # Literally whoever gained less than the median at all: P04 as before, nobody else started where enough did.
    assert names(review_list(senco, SUMMER, tolerances=LITERAL).first) == ["P04"]


def test_the_number_of_queries_depends_on_nothing_on_the_list(senco: Access, cohort: School) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            review_list(senco, SUMMER)
        return len(captured)

    before = queries()
    for number in range(3):
        pupil = pupil_of(cohort, f"Q{number}", year_group=YearGroup(number + 1))
        judged(pupil, YEAR, AssessmentTerm.SUMMER, 30, subject=READING)
    decided_about(cohort, "P04", senco.user)
    assert queries() == before <= 7


def test_a_decision_is_kept_beside_the_ones_before(senco: Access, cohort: School) -> None:
    head = member(cohort, Role.HEAD)
    decided_about(cohort, "P04", head, reason=" Missed a term. ", signs=(Sign.SLOWER,))
    decided_about(cohort, "P04", senco.user, decided=Decided.REFER, reason="Spoke with home.")
    decided_about(cohort, "P12", head, term=SPRING, decided=Decided.SUPPORTED)
    # Later corrected so that nothing shows; the decision is still on the list.
    decided_about(cohort, "P05", head, decided=Decided.NO_ACTION)
    assert mathematics(review_list(senco, SUMMER).others, "P05").shown
    corrected(cohort, "P05", 43)
    found = review_list(senco, SUMMER)
    of = mathematics(found.first, "P04")
    assert of.decision
    assert (of.decision.decided, of.decision.by, of.decision.when) == (
        Decided.REFER,
        senco.user.name,
        "Summer 2025/26",
    )
    assert [(each.decided, each.reason, each.signs) for each in of.decisions] == [
        (Decided.REFER, "Spoke with home.", ()),
        (Decided.ADAPT, "Missed a term.", (Sign.SLOWER,)),
    ]
    last = mathematics(found.others, "P12")
    assert last.decision is None
    assert last.before
    assert (last.before.decided, last.before.when) == (Decided.SUPPORTED, "Spring 2025/26")
    assert (names(found.settled), found.undecided) == (["P05"], 2)
    # In Spring nothing of Summer is known.
    spring = review_list(senco, SPRING).not_enough
    assert mathematics(spring, "P04").decisions == ()
    assert [each.decided for each in mathematics(spring, "P12").decisions] == [Decided.SUPPORTED]
    pupil = record_of(cohort, "P04").pupil.public_id
    assert len(decisions_about(senco, pupil, MATHEMATICS)) == 2
    assert decisions_about(senco, pupil, READING) == []
    events = apps.get_model("assessment", "SignDecisionEvent").objects.filter(school=cohort)
    assert sorted(events.values_list("decided", flat=True)) == ["adapt", "no_action", "refer", "supported"]
    with pytest.raises(ValueError, match="needs its reason"):
        decided_about(cohort, "P05", head, reason="  ")


def test_of_whom_nothing_can_be_said_it_is_not_said_that_there_is_no_sign(
    senco: Access, cohort: School
) -> None:
    for surname in ("Mia", "Late", "P01"):
        decided_about(cohort, surname, senco.user)
    found = review_list(senco, SUMMER)
    assert names(found.settled) == ["P01"]
    assert names(found.not_enough) == ["Late", "Mia", "Odd"]
    assert mathematics(found.not_enough, "Mia").decision
    page = signed_in(senco.user).get(f"{address('review_list', cohort)}?term=summer").content.decode()
    # Mia's and Late's decisions stand beside why nothing can be said.
    assert page.count("No sign now") == 1
    assert len(re.findall(r"not judged this term <a [^>]*>Adapt teaching and review<", page)) == 1


def test_a_decision_is_still_known_after_the_summer(senco: Access, cohort: School) -> None:
    pupil = record_of(cohort, "P04").pupil
    last_year = PupilYear.objects.in_school(cohort).get(academic_year=LAST_YEAR, pupil=pupil)
    for term, decided in ((SUMMER, Decided.REFER), (AUTUMN, Decided.ADAPT)):
        decide(
            pupil_year=last_year,
            term=term,
            subject=MATHEMATICS,
            decided=decided,
            reason=".",
            signs=(),
            by=senco.user,
        )
    of = mathematics(review_list(senco, SUMMER).first, "P04")
    # The same term of another year is not this one.
    assert of.decision is None
    assert of.before
    assert (of.before.when, of.before.decided) == ("Summer 2024/25", Decided.REFER)
    client = signed_in(senco.user)
    there = f"{address('review_list', cohort)}?term=summer"
    assert "In Summer 2024/25: Refer to the SENCO" in client.get(there).content.decode()
    table = client.get(f"{address('review_list_file', cohort, 'csv')}?term=summer").content.decode()
    assert re.search(r'"?Summer 2024/25, \d\d/\d\d/\d{4}: Refer to the SENCO', table)


def test_a_decision_sent_twice_is_one(senco: Access, cohort: School) -> None:
    head = member(cohort, Role.HEAD)

    def kept(by: Any, **said: Any) -> int:
        decided_about(cohort, "P04", by, **said)
        return SignDecision.objects.in_school(cohort).count()

    assert [kept(senco.user), kept(senco.user, reason=" Missed a term.\n")] == [1, 1]
    # Another term, person, signs or word is another; so is the same again after somebody else's.
    assert [kept(senco.user, term=SPRING), kept(head), kept(senco.user)] == [2, 3, 4]
    assert [kept(senco.user, signs=(Sign.SLOWER,)), kept(senco.user, decided=Decided.REFER)] == [5, 6]


def test_what_cannot_be_printed_breaks_no_table(senco: Access, cohort: School) -> None:
    client = signed_in(senco.user)
    pupil = record_of(cohort, "P04").pupil.public_id
    case = f"{address('sign_decision', cohort, pupil, 'mathematics')}?term=summer"
    # 1000 characters as a browser counts them, that sends each line break as two.
    reason = "Missed\x0ba term\x00.\r\n" + "x" * (LONGEST_REASON - 16)
    assert client.post(case, {"decided": "adapt", "reason": reason}).status_code == 302
    row = SignDecision.objects.get()
    assert row.reason == "Missed a term .\n" + "x" * (LONGEST_REASON - 16)
    assert client.post(case, {"decided": "adapt", "reason": "x" * (LONGEST_REASON + 1)}).status_code == 422
    # Whatever was kept before.
    SignDecision.objects.filter(pk=row.pk).update(reason="Missed\x0ba term\ufffe")
    answer = client.get(f"{address('review_list_file', cohort, 'xlsx')}?term=summer")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    assert "Missed a term " in {cell for line in sheet.iter_rows(values_only=True) for cell in line}
    broken = Table(title="A\x0bB", headings=["\x01=1"], rows=[["\x1f"]])
    sheet = openpyxl.load_workbook(BytesIO(to_xlsx(broken))).worksheets[0]
    assert (sheet.title, sheet["A1"].value, sheet["A2"].value) == ("A B", " =1", " ")


def test_what_was_seen_is_what_is_decided(senco: Access, cohort: School) -> None:
    """The form names its term, and without a term nothing is kept."""
    client = signed_in(senco.user)
    pupil = record_of(cohort, "P04").pupil.public_id
    case = address("sign_decision", cohort, pupil, "mathematics")
    said = {"decided": "adapt", "reason": "Missed a term."}
    seen = client.get(f"{case}?term=spring&year_group=3&page=2").content.decode()
    assert f'action="{case}?term=spring&amp;year_group=3&amp;page=2"' in seen
    # Opened without a term it still posts to the one that it shows.
    opened = client.get(case).content.decode()
    (action,) = re.findall(rf'action="({case}[^"]*)"', opened)
    (shown,) = re.findall(r'<p class="subtitle">(\w+) 2025/26', opened)
    assert action == f"{case}?term={shown.lower()}"
    for asked in ("", "?term=", "?term=never"):
        for sent in (said, {}):
            refused = client.post(f"{case}{asked}", sent)
            assert refused.status_code == 422
            assert "It was not said for which term" in refused.content.decode()
    assert not SignDecision.objects.exists()
    assert client.post(f"{case}?term=spring", said).status_code == 302
    assert SignDecision.objects.get().term == SPRING


def test_one_pupil_is_looked_at_beside_the_same_peers(senco: Access, cohort: School) -> None:
    pupil = record_of(cohort, "P04").pupil.public_id
    found = signs_of_pupil(senco, SUMMER, pupil, YearGroup.Y3, MATHEMATICS)
    assert found
    assert found[1].signs == mathematics(review_list(senco, SUMMER).first, "P04").signs
    # P02 starts from the Baseline; who has no start has none to name.
    second, late = (record_of(cohort, name).pupil.public_id for name in ("P02", "Late"))
    starts = [signs_of_pupil(senco, SUMMER, each, YearGroup.Y3, MATHEMATICS) for each in (second, late)]
    assert [each and each[1].start_name for each in starts] == ["at the Baseline", ""]
    gone = record_of(cohort, "Gone").pupil.public_id
    assert signs_of_pupil(senco, SUMMER, gone, YearGroup.Y3, MATHEMATICS) is None


def address(name: str, school: School, *more: object) -> str:
    return reverse(name, args=[school.urn, YEAR, *more])


def test_a_senco_reads_the_list_and_decides(senco: Access, cohort: School) -> None:
    client = signed_in(senco.user)
    there = address("review_list", cohort)
    page = client.get(f"{there}?term=summer&year_group=3&subject=mathematics").content.decode()
    assert "Slower than peers from the same start" in page
    assert "Gained 4 points; the middle one of 9 peers from the same start gained 7." in page
    assert "A sign is a reason to look, never a finding" in page
    assert "often come together: both are about the same gap" in page
    part = client.get(f"{there}?term=summer", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="review-list"')
    assert "This link asks for something" in client.get(f"{there}?term=never").content.decode()

    pupil = record_of(cohort, "P04").pupil
    case = f"{address('sign_decision', cohort, pupil.public_id, 'mathematics')}?term=summer&year_group=3"
    refused = client.post(case, {"decided": "adapt", "reason": "  "})
    assert (refused.status_code, SignDecision.objects.count()) == (422, 0)
    assert "Say why, in a sentence or two." in refused.content.decode()
    kept = client.post(case, {"decided": "adapt", "reason": "Absent for\r\nfive weeks."})
    assert kept["Location"] == f"{there}?term=summer&year_group=3#p-{pupil.public_id}"
    row = SignDecision.objects.get()
    assert (row.decided, row.decided_by, row.signs, row.term) == (
        "adapt",
        senco.user,
        ["slower", "previous_rate", "gap_widening"],
        SUMMER,
    )
    again = client.get(case).content.decode()
    assert "Decide again" in again
    assert "five weeks." in again
    # Of whom nothing can be said somebody may still decide; an area of learning has no signs.
    for surname, words in (("Mia", "not judged this term"), ("Ria", "No signs are looked for")):
        other = address("sign_decision", cohort, record_of(cohort, surname).pupil.public_id, "mathematics")
        assert words in client.get(f"{other}?term=summer").content.decode()
    assert client.get(address("sign_decision", cohort, pupil.public_id, "g01")).status_code == 404


def test_a_long_list_has_pages_and_a_decision_leads_back_to_its_own(
    senco: Access, cohort: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four pupils with signs and three of whom nothing can be said, two a page."""
    monkeypatch.setattr(progress_signs, "PAGE_LENGTH", 2)
    client = signed_in(senco.user)
    there = f"{address('review_list', cohort)}?term=summer"

    def surnames(page: int) -> list[str]:
        text = client.get(f"{there}&page={page}").content.decode()
        return re.findall(r">(\w+), A</a>", text)

    assert [surnames(page) for page in (1, 2, 3, 4)] == [
        ["P04", "P05"],
        ["P09", "P12"],
        ["Late", "Mia"],
        ["Odd"],
    ]
    first = client.get(there).content.decode()
    assert "?term=summer&amp;page=3#not-enough" in first
    assert "Page 1 of 4" in first
    pupil = record_of(cohort, "P12").pupil.public_id
    case = f"{address('sign_decision', cohort, pupil, 'mathematics')}?term=summer&page=2"
    assert case.replace("&", "&amp;") in client.get(f"{there}&page=2").content.decode()
    kept = client.post(case, {"decided": "supported", "reason": "Has a plan."})
    assert kept["Location"] == f"{there}&page=2#p-{pupil}"


def test_teachers_subject_leaders_and_governors_have_no_review_list(cohort: School) -> None:
    pupil = record_of(cohort, "P04").pupil.public_id
    pages = [
        address("review_list", cohort),
        address("review_list_file", cohort, "csv"),
        address("sign_decision", cohort, pupil, "mathematics"),
    ]
    for role, status in {
        Role.TEACHER: 403,
        Role.SUBJECT_LEADER: 403,
        Role.GOVERNOR: 403,
        Role.ASSESSMENT_LEADER: 200,
        Role.HEAD: 200,
    }.items():
        client = signed_in(seen_by(cohort, role).user)
        assert {client.get(page).status_code for page in pages} == {status}
        dashboard = client.get(address("dashboard", cohort)).content.decode()
        assert ("Review list" in dashboard) is (status == 200)


def test_the_files_hold_the_list_as_it_is_shown(senco: Access, cohort: School) -> None:
    decided_about(cohort, "P04", senco.user)
    client = signed_in(senco.user)
    asked = f"{address('review_list_file', cohort, 'xlsx')}?term=summer&year_group=3"
    answer = client.get(asked)
    assert "review-list-year-3-summer-2025-26" in answer["Content-Disposition"]
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    lines = list(sheet.iter_rows(values_only=True))
    headings = next(number for number, line in enumerate(lines) if line[0] == "List")
    rows = [dict(zip(lines[headings], line, strict=True)) for line in lines[headings + 1 :] if line[1]]
    assert [(row["List"], str(row["Pupil"]).split(",")[0], row["Signs"]) for row in rows] == [
        ("To consider first", "P04", 3),
        ("Other signs", "P05", 1),
        ("Other signs", "P09", 1),
        ("Other signs", "P12", 3),
        ("Not enough data: nothing at the start of the year", "Late", None),
        ("Not enough data: not judged this term", "Mia", None),
    ]
    assert {rows[-1][name] for name in ("Peers", "Peers from the same start")} == {None}
    assert [rows[0][name] for name in ("Peers", "Peers from the same start")] == [11, 9]
    first = rows[0]
    assert [
        first[name]
        for name in (
            "Gain",
            "Median gain of peers",
            "Rank among them",
            "Gap to peers now",
            "Decision this term",
            "Reason",
        )
    ] == [4, 7, 0, 2.82, "Adapt teaching and review", "Missed a term."]
    csv = client.get(f"{address('review_list_file', cohort, 'csv')}?term=summer&subject=mathematics")
    assert "Odd" in csv.content.decode()


def test_a_corrected_judgement_is_in_the_list_at_once(senco: Access, cohort: School) -> None:
    corrected(cohort, "P04", 41)
    assert review_list(senco, SUMMER).first == ()
