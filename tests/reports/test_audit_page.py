"""The list of what happened at a school, over a day whose records are known."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessment.services.snapshots import freeze
from reports.documents.audit import audit_line
from reports.forms.audit import place_in, place_text
from reports.queries.audit import AuditFilter, Place, what_happened
from reports.queries.audit_sources import Kind
from schools.access import Access
from schools.calendar import AcademicYear, TermName
from schools.models import (
    AccountRecord,
    AuditRecord,
    ChangeKind,
    ChangeSet,
    Happening,
    Pupil,
    Role,
    School,
    User,
)
from schools.permissions import Permission
from schools.row_security import visible_to
from schools.services import memberships
from schools.services.changes import change_set
from tests.conftest import member, signed_in
from tests.factories import UserFactory, judged, on_roll

# Far ahead, so that everything was there before; a summer's day, on which England is an hour before UTC.
DAY = dt.date(2031, 7, 3)


def at(hour: int, minute: int = 0) -> dt.datetime:
    """An instant of the day, in UTC."""
    return dt.datetime(DAY.year, DAY.month, DAY.day, hour, minute, tzinfo=dt.UTC)


@dataclass
class KnownDay:
    school: School
    year: AcademicYear
    head: User
    teacher: User
    stranger: User
    pupil: Pupil

    @property
    def access(self) -> Access:
        return Access(self.head, self.school, (Role.HEAD,), self.year, (self.year,), (self.school,))

    def there(self, **asked: object) -> str:
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        return f"{reverse('audit', args=[self.school.urn, self.year])}?{query}"

    def lines(
        self, before: Place | None = None, length: int = 50, **wanted: Any
    ) -> list[tuple[str, str, str, str]]:
        """Of the day alone: when in UTC, what, who, about."""
        filters = AuditFilter(**{"first_day": DAY, "last_day": DAY, **wanted})
        with visible_to(self.school):
            page = what_happened(self.access, filters, before=before, length=length)
        told = [audit_line(each) for each in page.lines]
        return [(f"{each.at:%H:%M}", each.what, each.who, each.about) for each in told]

    def asked(self, client: Client | None = None, **asked: object) -> str:
        answer = (client or signed_in(self.head)).get(self.there(**asked))
        assert answer.status_code == 200
        return answer.content.decode()


@pytest.fixture
def day(school: School, other_school: School, year: AcademicYear) -> KnownDay:
    head, teacher = member(school, Role.HEAD), member(school, Role.TEACHER)
    stranger = member(other_school, Role.HEAD)
    with visible_to(school):
        pupil = on_roll(school, year, pupil__surname="Fawkes", pupil__forename="Gwen").pupil
        record = AuditRecord.objects.create
        looked = {"school": school, "what": Happening.PUPIL_SEEN, "pupil": pupil}
        record(**looked, account=teacher.pk, at=at(8, 10), detail={"route": "pupil_progress"})
        record(
            school=school,
            what=Happening.EXPORT,
            account=head.pk,
            at=at(9),
            detail={"route": "roll_file", "file": "xlsx", "pupils": 25},
        )
        record(
            school=school,
            what=Happening.REFUSED,
            account=teacher.pk,
            at=at(10),
            detail={"route": "audit", "method": "GET", "status": 403, "permission": "see_audit"},
        )
        record(
            school=school,
            what=Happening.REFUSED,
            account=stranger.pk,
            at=at(11),
            detail={"route": "roll", "method": "GET", "status": 404},
        )
        with change_set(school=school, kind=ChangeKind.IMPORT, by=head, reason="Roll of September") as change:
            pass
        ChangeSet.objects.filter(pk=change.pk).update(made_at=at(12))
    with visible_to(other_school):
        AuditRecord.objects.create(
            school=other_school,
            what=Happening.EXPORT,
            account=stranger.pk,
            at=at(13),
            detail={"route": "theirs"},
        )
    signed = AccountRecord.objects.create
    signed(what=Happening.SIGNED_IN, account=teacher.pk, at=at(7))
    signed(what=Happening.SIGNED_IN, account=stranger.pk, at=at(7, 30))
    signed(what=Happening.SIGN_IN_FAILED, account=None, at=at(7, 40))
    # Of the day after, in England: 00:30.
    signed(what=Happening.SIGNED_OUT, account=teacher.pk, at=at(23, 30))
    return KnownDay(school, year, head, teacher, stranger, pupil)


def test_a_day_is_told_whole_and_in_order_and_nothing_of_another_school(day: KnownDay) -> None:
    nobody = f"Somebody with no role here (account {day.stranger.pk})"
    may = Permission.SEE_AUDIT.value
    assert day.lines() == [
        ("12:00", "File imported", day.head.name, "Roll of September"),
        ("11:00", "Refused", nobody, "Pupils: not there, or not theirs"),
        ("10:00", "Refused", day.teacher.name, f"What happened here: needs leave to {may}"),
        ("09:00", "File taken", day.head.name, "Pupils, Excel, names 25 pupils"),
        ("08:10", "Pupil’s page opened", day.teacher.name, "Progress over the years"),
        ("07:00", "Signed in", day.teacher.name, ""),
    ]


@pytest.mark.parametrize(
    ("wanted", "times"),
    [
        ({"kind": Kind.PUPILS}, ["08:10"]),
        ({"kind": Kind.FILES}, ["09:00"]),
        ({"kind": Kind.REFUSALS}, ["11:00", "10:00"]),
        ({"kind": Kind.SIGN_INS}, ["07:00"]),
        ({"kind": Kind.CHANGES}, ["12:00"]),
        ({"kind": Kind.ROLES}, []),
        ({"kind": Kind.NAMES}, []),
        ({"kind": Kind.JUDGEMENTS}, []),
        ({"first_day": DAY + dt.timedelta(days=1), "last_day": None}, ["23:30"]),
        ({"first_day": DAY + dt.timedelta(days=2), "last_day": None}, []),
    ],
    ids=str,
)
def test_the_list_is_narrowed_by_kind_and_by_englands_days(
    day: KnownDay, wanted: dict[str, Any], times: list[str]
) -> None:
    assert [line[0] for line in day.lines(**wanted)] == times


def test_the_list_is_narrowed_by_person_and_by_pupil(day: KnownDay) -> None:
    assert [line[0] for line in day.lines(person=day.teacher.pk)] == ["10:00", "08:10", "07:00"]
    assert [line[0] for line in day.lines(person=day.stranger.pk)] == ["11:00"]
    assert [line[0] for line in day.lines(pupil=day.pupil.public_id)] == ["08:10"]
    assert day.lines(pupil=day.pupil.public_id, kind=Kind.FILES) == []


def test_pages_follow_one_another_without_a_gap_or_a_repetition(day: KnownDay) -> None:
    with visible_to(day.school):
        # Of one moment: told apart by their keys.
        for _ in range(5):
            AuditRecord.objects.create(
                school=day.school, what=Happening.EXPORT, account=day.head.pk, at=at(9)
            )
        whole = what_happened(day.access, AuditFilter(first_day=DAY, last_day=DAY))
        found, before = [], None
        while True:
            page = what_happened(
                day.access, AuditFilter(first_day=DAY, last_day=DAY), before=before, length=2
            )
            found += [line.place for line in page.lines]
            before = page.next
            if before is None:
                break
    assert found == [line.place for line in whole.lines]
    assert len(found) == len(set(found)) == 11


def test_a_place_stands_in_an_address_and_anything_else_begins_at_the_top() -> None:
    place = Place(at(9, 5), 3, 12)
    assert place_in(place_text(place)) == place
    for text in (
        "",
        "x",
        "~~",
        "2031-07-03T09:00~1~1",
        f"{at(9).isoformat()}~99~1",
        f"{at(9).isoformat()}~1~x",
    ):
        assert place_in(text) is None


def test_a_role_given_and_ended_is_told_with_who_gave_it_to_whom(school: School, year: AcademicYear) -> None:
    head, teacher = member(school, Role.HEAD), UserFactory.create(name="G. Given")
    with visible_to(school):
        held = memberships.grant(school=school, user=teacher, role=Role.SENCO, by=head)
        memberships.end(membership=held, by=head)
        access = Access(head, school, (Role.HEAD,), year, (year,), (school,))
        page = what_happened(access, AuditFilter(kind=Kind.ROLES, person=teacher.pk))
    lines = [audit_line(each) for each in page.lines]
    assert [(each.what, each.who, each.about) for each in lines] == [
        ("Role ended", head.name, "SENCO: G. Given"),
        ("Role given", head.name, "SENCO: G. Given"),
    ]


def test_sign_ins_are_told_while_somebody_holds_a_role_and_not_after(
    school: School, other_school: School, year: AcademicYear
) -> None:
    """Who has moved to another school signs in there."""
    head, moved = member(school, Role.HEAD), member(school, Role.TEACHER)
    with visible_to(school):
        memberships.end(membership=moved.memberships.get(school=school), by=None)
    with visible_to(other_school):
        memberships.grant(school=other_school, user=moved, role=Role.TEACHER, by=None)
    AccountRecord.objects.create(what=Happening.SIGNED_IN, account=moved.pk, at=at(7))
    for where, count in ((school, 0), (other_school, 1)):
        with visible_to(where):
            access = Access(head, where, (Role.HEAD,), year, (year,), (where,))
            found = what_happened(access, AuditFilter(kind=Kind.SIGN_INS, person=moved.pk)).lines
        assert len(found) == count


def test_snapshots_are_among_the_changes(school: School, year: AcademicYear) -> None:
    head = member(school, Role.HEAD)
    with visible_to(school):
        freeze(school=school, academic_year=year, term=TermName.AUTUMN, by=head, note="For governors")
        access = Access(head, school, (Role.HEAD,), year, (year,), (school,))
        (line,) = what_happened(access, AuditFilter(kind=Kind.CHANGES)).lines
    told = audit_line(line)
    assert (told.what, told.who, told.about) == ("Snapshot taken", head.name, "Snapshot 1: For governors")


def test_single_judgements_are_told_where_they_or_a_pupil_are_asked_for(day: KnownDay) -> None:
    with visible_to(day.school):
        judged(day.pupil, day.year)
    about = f"Mathematics, Autumn {day.year.label}"
    everything: dict[str, Any] = {"first_day": None, "last_day": None}
    told = ("Judgement entered", "The operator", about)
    assert told in [line[1:] for line in day.lines(kind=Kind.JUDGEMENTS, **everything)]
    assert told in [line[1:] for line in day.lines(pupil=day.pupil.public_id, **everything)]
    assert told not in [line[1:] for line in day.lines(**everything)]


def test_the_page_shows_names_to_who_may_see_them_and_englands_time(day: KnownDay) -> None:
    page = day.asked(first=DAY, last=DAY)
    assert f'<a href="/schools/{day.school.urn}/{day.year.slug}/pupils/{day.pupil.public_id}/">' in page
    # 08:10 in UTC.
    assert 'datetime="2031-07-03T08:10:00Z" title="3 July 2031, 08:10:00 UTC"' in page
    assert '<span class="nowrap">09:10</span>' in page
    assert "theirs" not in page.replace("not theirs", "")


def test_who_sees_no_names_is_told_of_a_pupil_and_no_more(day: KnownDay) -> None:
    """A role that may see what happened, and no pupils."""
    governor = Access(day.head, day.school, (Role.GOVERNOR,), day.year, (day.year,), (day.school,))
    with visible_to(day.school):
        page = what_happened(governor, AuditFilter(first_day=DAY, last_day=DAY))
    lines = [audit_line(each) for each in page.lines]
    assert [(each.pupil, each.pupil_id) for each in lines if each.pupil] == [("A pupil", None)]
    # What somebody wrote as a reason may name a pupil.
    assert {each.about for each in lines if each.what == "File imported"} == {""}


@pytest.mark.parametrize("role", [Role.TEACHER, Role.GOVERNOR, Role.SENCO, Role.SUBJECT_LEADER])
def test_only_who_may_see_the_audit_is_let_in(day: KnownDay, role: Role) -> None:
    client = signed_in(member(day.school, role))
    for name, more in (("audit", []), ("audit_file", ["csv"])):
        assert client.get(reverse(name, args=[day.school.urn, day.year, *more])).status_code == 403


def test_a_pupil_of_another_school_is_not_found(day: KnownDay, other_school: School) -> None:
    with visible_to(other_school):
        theirs = on_roll(other_school, day.year, pupil__surname="Theirchild").pupil
    assert signed_in(day.head).get(day.there(pupil=theirs.public_id)).status_code == 404


def test_addresses_hold_no_names(day: KnownDay) -> None:
    page = day.asked(person=day.teacher.pk, pupil=day.pupil.public_id)
    links = [part.split('"')[0] for part in page.split('href="')[1:]]
    kept = " ".join(links).lower()
    for name in (day.pupil.surname, day.teacher.name, day.teacher.email):
        assert name.lower() not in kept
    assert f"person={day.teacher.pk}" in kept


def test_the_page_links_from_people_and_from_a_pupils_page(day: KnownDay) -> None:
    head, teacher = signed_in(day.head), signed_in(day.teacher)
    address = reverse("audit", args=[day.school.urn, day.year])
    people = reverse("people", args=[day.school.urn, day.year])
    assert f'href="{address}"' in head.get(people).content.decode()
    assert address not in teacher.get(people).content.decode()
    pupil = reverse("pupil", args=[day.school.urn, day.year, day.pupil.public_id])
    link = f'href="{address}?kind=pupils&amp;pupil={day.pupil.public_id}"'
    assert link in head.get(pupil).content.decode()


def test_a_choice_that_is_not_offered_is_said_and_not_made(day: KnownDay) -> None:
    page = day.asked(kind="nonsense", first="never", person=day.stranger.pk)
    assert "This link asks for something that is not here." in page
    assert "Roll of September" in page


def test_an_empty_list_says_what_to_do(day: KnownDay) -> None:
    assert "Try other days, or fewer filters." in day.asked(kind="names")


def rows_of(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_file_has_both_clocks_and_is_itself_recorded(day: KnownDay) -> None:
    there = reverse("audit_file", args=[day.school.urn, day.year, "csv"])
    answer = signed_in(day.head).get(f"{there}?kind=pupils&first={DAY}&last={DAY}")
    assert rows_of(answer)[1:] == [
        [
            "2031-07-03 09:10:00",
            "2031-07-03T08:10:00Z",
            day.teacher.name,
            "Pupil’s page opened",
            day.pupil.name,
            "Progress over the years",
            "",
        ]
    ]
    with visible_to(day.school):
        record = AuditRecord.objects.order_by("pk").last()
    assert (record.what, record.account) == ("export", day.head.pk)
    assert record.detail == {"route": "audit_file", "file": "csv", "pupils": 1}


def test_a_file_runs_no_formula(day: KnownDay) -> None:
    with (
        visible_to(day.school),
        change_set(school=day.school, kind=ChangeKind.IMPORT, by=day.head, reason="=cmd|' /C calc'!A0"),
    ):
        pass
    there = reverse("audit_file", args=[day.school.urn, day.year, "csv"])
    cells = [cell for row in rows_of(signed_in(day.head).get(f"{there}?kind=changes")) for cell in row]
    assert "'=cmd|' /C calc'!A0" in cells
    assert not [cell for cell in cells if cell.startswith("=")]


def test_a_file_that_is_not_all_says_so(day: KnownDay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.views.audit.MOST_IN_A_FILE", 2)
    there = reverse("audit_file", args=[day.school.urn, day.year, "csv"])
    rows = rows_of(signed_in(day.head).get(there))
    assert len(rows) == 4
    assert rows[-1][0].startswith("Only the latest ")


def test_as_many_queries_for_more_lines(day: KnownDay, django_assert_num_queries: Any) -> None:
    with visible_to(day.school), django_assert_num_queries(4):
        what_happened(day.access, AuditFilter())
    with visible_to(day.school):
        for number in range(30):
            person = UserFactory.create()
            memberships.grant(school=day.school, user=person, role=Role.TEACHER, by=None)
            pupil = on_roll(day.school, day.year).pupil
            AuditRecord.objects.create(
                school=day.school,
                what=Happening.PUPIL_SEEN,
                account=person.pk,
                pupil=pupil,
                at=at(14, number),
            )
    with visible_to(day.school), django_assert_num_queries(4):
        assert len(what_happened(day.access, AuditFilter()).lines) == 50
