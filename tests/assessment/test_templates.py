"""Marksheets that are laid out: by whom, how, where teachers find them, and what of them another school sees."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import READING
from assessment.models import FavouriteTemplate, MarksheetTemplate
from assessment.queries.shipped_templates import SHIPPED_TEMPLATES
from assessment.queries.template_columns import read_columns, wrong_as_a_whole
from assessment.queries.templates import version_of
from assessment.services.templates import TemplateRefusedError, make_template, put_away
from schools.calendar import AcademicYear, EyfsFramework, YearGroup
from schools.models import Role, School
from schools.row_security import visible_to
from schools.services import years
from tests.assessment.classroom import YEAR, Classroom
from tests.conftest import member, signed_in
from tests.factories import PupilYearFactory, judged

OF_2021 = EyfsFramework.OF_2021
READING_NOW = {"key": "c1", "kind": "judgement", "subject": "reading", "term": "now"}
WRITING_NOW = {"key": "c2", "kind": "judgement", "subject": "writing", "term": "now"}


def laid_out(school: School, name: str = "Phonics half-term", **said: Any) -> MarksheetTemplate:
    """A marksheet of the school's own; reading in the term in view, unless told otherwise."""
    values: dict[str, Any] = {
        "year_groups": [YearGroup.Y4],
        "columns": [READING_NOW],
        "framework": OF_2021,
        "by": None,
    }
    with visible_to(school):
        return make_template(school=school, name=name, **(values | said))


def to(name: str, school: School, *place: Any) -> str:
    return reverse(name, args=[school.urn, YEAR, *place])


def shown(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


@pytest.fixture
def leader(room: Classroom) -> Client:
    return signed_in(member(room.school, Role.ASSESSMENT_LEADER))


# The shipped ones


@pytest.mark.parametrize("shipped", SHIPPED_TEMPLATES, ids=[each.code for each in SHIPPED_TEMPLATES])
def test_each_shipped_template_is_right_and_opens(shipped: Any, room: Classroom) -> None:
    found = read_columns(shipped.columns, OF_2021)
    assert found.wrong == {}
    assert wrong_as_a_whole(found.right) == ""
    page = room.page(sheet=f"t-{shipped.code}", asked="?term=spring")
    assert len(page.headings) == 1 + len(shipped.columns)


def test_the_sheet_of_year_1_has_the_baseline_of_each_subject(room: Classroom) -> None:
    page = room.page(sheet="t-y1-baseline")
    assert page.over == [(name, 5) for name in ("Reading", "Writing", "Mathematics", "Science")]
    assert page.headings[1:6] == ["Baseline", "Autumn", "Spring", "Summer", "This year steps"]
    focus = [given["data-of"] for given in page.headed if "is-focus" in given.get("class", "")]
    assert focus == [f"{each}.autumn" for each in ("reading", "writing", "mathematics", "science")]


def test_years_2_to_9_by_subject_shows_last_summer_steps_and_attainment(room: Classroom) -> None:
    with visible_to(room.school):
        years.open_year(school=room.school, academic_year=AcademicYear(YEAR - 1), by=None)
        on_roll_before(room)
        judged(room.elsie, YEAR - 1, AssessmentTerm.SUMMER, 41, subject=READING)
        judged(room.elsie, YEAR, AssessmentTerm.AUTUMN, 44, subject=READING)
    page = room.page(sheet="t-y2-y9-reading")
    assert page.over == []
    cells = page.rows[str(room.elsie.public_id)]
    # Year 4 in Autumn: 43 to 44; three steps are expected from Summer to Autumn.
    assert [cell.text for cell in cells] == ["41 at", "44 at", "", "", "+3 expected", "+3 expected", "at"]
    assert "is-at" in cells[-1].classes


def on_roll_before(room: Classroom) -> None:
    """Elsie was in Year 3 the year before."""
    PupilYearFactory.create(
        school=room.school, academic_year=AcademicYear(YEAR - 1), pupil=room.elsie, year_group=YearGroup.Y3
    )


# Who lays out


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ASSESSMENT_LEADER, 200),
        (Role.HEAD, 200),
        (Role.SUBJECT_LEADER, 200),
        (Role.TEACHER, 403),
        (Role.SENCO, 403),
        (Role.GOVERNOR, 403),
    ],
)
def test_leaders_and_heads_lay_out_marksheets(room: Classroom, role: Role, status: int) -> None:
    template = laid_out(room.school)
    client = signed_in(member(room.school, role))
    shown(client, to("layouts", room.school), status)
    shown(client, to("new_layout", room.school), status)
    shown(client, to("layout", room.school, template.public_id), status)


def sent(*columns: dict[str, Any], act: str = "save", **said: Any) -> dict[str, Any]:
    """What the page sends."""
    fields: dict[str, Any] = {"name": "Phonics", "act": act, "column": [each["key"] for each in columns]}
    for each in columns:
        fields |= {f"{each['key']}-{name}": value for name, value in each.items() if name != "key"}
    return fields | said


def test_a_leader_lays_out_a_marksheet_and_its_history_says_who(room: Classroom) -> None:
    user = member(room.school, Role.ASSESSMENT_LEADER)
    mean = {"key": "c3", "kind": "mean", "columns": ["c1", "c2"], "title": "Both"}
    answer = signed_in(user).post(
        to("new_layout", room.school), sent(READING_NOW, WRITING_NOW, mean, year_groups=["4", "3"])
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, to("layouts", room.school))
    with visible_to(room.school):
        template = MarksheetTemplate.objects.get()
        assert (template.name, template.year_groups) == ("Phonics", [YearGroup.Y3, YearGroup.Y4])
        assert [each["kind"] for each in template.columns] == ["judgement", "judgement", "mean"]
        assert template.columns[2] == {"key": "c3", "kind": "mean", "title": "Both", "columns": ["c1", "c2"]}
        event = MarksheetTemplate.pgh_event_model.objects.get()
        assert event.pgh_context["user"] == user.pk
    page = room.page(sheet=f"t-{template.public_id}")
    assert page.headings == ["Pupil", "Autumn", "Autumn", "Both"]
    assert page.over == [("Reading", 1), ("Writing", 1)]


def test_changing_a_marksheet_and_putting_it_away(room: Classroom, leader: Client) -> None:
    template = laid_out(room.school)
    there = to("layout", room.school, template.public_id)
    assert 'value="Phonics half-term"' in shown(leader, there)
    leader.post(there, sent(WRITING_NOW, name="Writing now", saw=version_of(template)))
    sheet = room.address(f"t-{template.public_id}")
    assert "Writing now" in shown(room.client, sheet)
    use = to("use_layout", room.school, template.public_id)
    assert leader.post(use, {"use": "no"}).status_code == 302
    shown(room.client, sheet, 404)
    assert "Use again" in shown(leader, to("layouts", room.school))
    assert "Writing now" not in shown(room.client, to("marksheets", room.school))
    leader.post(use, {"use": "yes"})
    shown(room.client, sheet)
    with visible_to(room.school):
        assert MarksheetTemplate.pgh_event_model.objects.count() == 4


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        (sent(READING_NOW, name=" "), "Give the marksheet a name."),
        (sent(READING_NOW, name="N" * 61), "A name has at most 60 characters."),
        (
            sent(READING_NOW, name="PHONICS HALF-TERM"),
            "There is a marksheet called PHONICS HALF-TERM already",
        ),
        (sent(), "A marksheet has at least one column of judgements."),
        (sent({"key": "c1", "kind": "class"}), "A marksheet has at least one column of judgements."),
        (
            sent(READING_NOW, {"key": "c2", "kind": "judgement", "subject": "e01", "term": "now"}),
            "A marksheet is of subjects or of areas of learning, not of both",
        ),
        (sent(READING_NOW, READING_NOW | {"key": "c2"}), "The same column is there already."),
        (sent(READING_NOW | {"subject": "latin"}), "Subject: what was chosen is not there to choose."),
        (sent(READING_NOW | {"title": "T" * 31}), "A heading has at most 30 characters."),
        (
            sent(READING_NOW, {"key": "c2", "kind": "mean"}),
            "Of the columns: choose at least one column.",
        ),
    ],
)
def test_what_cannot_be_is_said_in_words_and_what_was_typed_stays(
    room: Classroom, leader: Client, fields: dict[str, Any], why: str
) -> None:
    laid_out(room.school)
    answer = leader.post(to("new_layout", room.school), fields)
    assert answer.status_code == 422
    page = " ".join(answer.content.decode().split())
    assert why in page
    assert f'value="{fields["name"]}"' in page
    with visible_to(room.school):
        assert MarksheetTemplate.objects.count() == 1


def test_the_buttons_change_the_page_and_keep_nothing(room: Classroom, leader: Client) -> None:
    def columns_after(act: str, *columns: dict[str, Any], **said: Any) -> list[str]:
        answer = leader.post(to("new_layout", room.school), sent(*columns, act=act, **said))
        assert answer.status_code == 200
        page = answer.content.decode()
        return [part.split('"')[0] for part in page.split('name="column" value="')[1:]]

    both = READING_NOW, WRITING_NOW
    assert columns_after("up-c2", *both) == ["c2", "c1"]
    assert columns_after("up-c1", *both) == ["c1", "c2"]
    assert columns_after("down-c1", *both) == ["c2", "c1"]
    assert columns_after("down-c2", *both) == ["c1", "c2"]
    assert columns_after("remove-c1", *both) == ["c2"]
    assert columns_after("add", WRITING_NOW, add="attainment") == ["c2", "c1"]
    assert columns_after("add", *both, add="nonsense") == ["c1", "c2"]
    assert columns_after("remove-c9", *both) == ["c1", "c2"]
    assert columns_after("", *both) == ["c1", "c2"]
    with visible_to(room.school):
        assert not MarksheetTemplate.objects.exists()


def test_a_column_more_is_of_the_subject_of_the_last(room: Classroom, leader: Client) -> None:
    answer = leader.post(to("new_layout", room.school), sent(WRITING_NOW, act="add", add="attainment"))
    subject = answer.content.decode().split('id="id_c1-subject"')[1].split("</select>")[0]
    assert [part.split('"')[0] for part in subject.split('value="') if "selected" in part] == ["writing"]


def test_a_column_more_is_of_a_term_that_is_not_there(room: Classroom, leader: Client) -> None:
    whole = READING_NOW | {"year": "this", "typed": "yes"}
    answer = leader.post(to("new_layout", room.school), sent(whole, act="add", add="judgement"))
    term = answer.content.decode().split('id="id_c2-term"')[1].split("</select>")[0]
    assert [part.split('"')[0] for part in term.split('value="') if "selected" in part] == ["baseline"]


def test_a_script_is_sent_the_part_that_changed(room: Classroom, leader: Client) -> None:
    fields = sent(READING_NOW, act="add", add="judgement")
    there = to("new_layout", room.school)
    part = leader.post(there, fields, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<form id="layout-editor"')
    assert "Column 2 added: Judgement." in part


def test_a_copy_begins_as_the_other_is(room: Classroom, leader: Client) -> None:
    template = laid_out(room.school, columns=[READING_NOW, WRITING_NOW])
    for code, columns, name in (
        ("y1-baseline", 20, "Year 1 with Baseline (copy)"),
        (str(template.public_id), 2, "Phonics half-term (copy)"),
        ("nothing", 1, ""),
    ):
        page = shown(leader, to("new_layout", room.school) + f"?copy={code}")
        assert page.count('name="column"') == columns
        assert ('name="name" value="' in page) is bool(name)
        assert name in page


def test_the_service_checks_what_the_page_did_not(room: Classroom) -> None:
    with pytest.raises(TemplateRefusedError, match="There is no such kind of column"):
        laid_out(room.school, columns=[READING_NOW, {"key": "c2", "kind": "horoscope"}])
    every = product(("reading", "writing", "mathematics", "science"), ("autumn", "spring", "summer"), "2345")
    many = [
        {"key": f"c{number}", "kind": kind, "subject": subject, "term": term, "year": year}
        for number, (kind, (subject, term, year)) in enumerate(product(("judgement", "note"), every))
    ]
    laid_out(room.school, "Sixty", columns=many[:60])
    with pytest.raises(TemplateRefusedError, match="at most 60 columns"):
        laid_out(room.school, "Sixty-one", columns=many[:61])


# Whose they are


def test_a_template_of_another_school_is_not_found(room: Classroom, other_school: School) -> None:
    theirs = laid_out(other_school, "Theirs")
    shown(room.client, room.address(f"t-{theirs.public_id}"), 404)
    leader = signed_in(member(room.school, Role.HEAD))
    shown(leader, to("layout", room.school, theirs.public_id), 404)
    assert leader.post(to("use_layout", room.school, theirs.public_id), {"use": "no"}).status_code == 404
    keep = {"template": str(theirs.public_id), "keep": "yes"}
    assert leader.post(to("favourite_layout", room.school), keep).status_code == 404
    for name in ("layouts", "marksheets"):
        assert "Theirs" not in shown(leader, to(name, room.school))


@pytest.mark.parametrize(
    "code", ["t-", "t-nothing", "t-Y1-BASELINE", "t-00000000-0000-0000-0000-000000000000"]
)
def test_an_unknown_code_is_not_found(room: Classroom, code: str) -> None:
    shown(room.client, room.address(code), 404)


def test_another_spelling_of_an_id_is_no_address(room: Classroom) -> None:
    template = laid_out(room.school)
    shown(room.client, room.address(f"t-{template.public_id.hex}"), 404)


# Where they are found


def test_a_teacher_finds_those_for_the_own_class_and_the_favourites_first(room: Classroom) -> None:
    template = laid_out(room.school)
    laid_out(room.school, "For Year 1 alone", year_groups=[YearGroup.Y1])
    laid_out(
        room.school,
        "Of areas",
        year_groups=[],
        columns=[{"key": "c1", "kind": "judgement", "subject": "e01", "term": "now"}],
    )
    there = to("marksheets", room.school)
    page = shown(room.client, f"{there}?term=autumn")
    assert page.index("Phonics half-term") < page.index("Years 2 to 9 Reading")
    assert f'href="{room.address(f"t-{template.public_id}")}"' in page
    for other in ("Year 1 with Baseline", "For Year 1 alone", "Of areas", "Lay out marksheets"):
        assert other not in page
    star = {"template": "y2-y9-reading", "keep": "yes", "back": f"{there}?term=autumn"}
    answer = room.client.post(to("favourite_layout", room.school), star)
    assert answer.headers["Location"] == f"{there}?term=autumn"
    page = shown(room.client, f"{there}?term=autumn")
    assert page.index("Years 2 to 9 Reading") < page.index("Phonics half-term")
    assert page.count('aria-pressed="true"') == 1
    # Somebody else’s favourites are their own.
    assert 'aria-pressed="true"' not in shown(signed_in(member(room.school, Role.HEAD)), there)
    room.client.post(to("favourite_layout", room.school), star | {"keep": "no"})
    assert 'aria-pressed="true"' not in shown(room.client, there)
    with visible_to(room.school):
        assert not FavouriteTemplate.objects.exists()


def test_favourites_stand_on_the_first_page(room: Classroom) -> None:
    home = to("school_home", room.school)
    assert "Your favourite marksheets" not in shown(room.client, home)
    room.client.post(to("favourite_layout", room.school), {"template": "combined", "keep": "yes"})
    # One for whom there is no class stands on no list.
    room.client.post(to("favourite_layout", room.school), {"template": "y1-baseline", "keep": "yes"})
    page = shown(room.client, home)
    assert "Your favourite marksheets" in page
    assert f'href="{room.address("t-combined", asked="")}"' in page
    assert "Year 1 with Baseline" not in page
    assert "Your favourite marksheets" not in shown(signed_in(member(room.school, Role.GOVERNOR)), home)


def test_a_star_twice_is_one_and_leads_nowhere_else(room: Classroom) -> None:
    there = to("favourite_layout", room.school)
    star = {"template": "combined", "keep": "yes", "back": "https://elsewhere.test/"}
    for _ in range(2):
        assert room.client.post(there, star).headers["Location"] == to("marksheets", room.school)
    with visible_to(room.school):
        assert FavouriteTemplate.objects.count() == 1
    assert room.client.post(there, star | {"template": "nothing"}).status_code == 404
    assert room.client.post(there, {"template": "combined", "keep": "perhaps"}).status_code == 400


def test_a_sheet_offers_those_for_its_pupils(room: Classroom) -> None:
    template = laid_out(room.school)
    laid_out(room.school, "For Year 1 alone", year_groups=[YearGroup.Y1])
    page = shown(room.client, room.address())
    assert f'href="{room.address(f"t-{template.public_id}")}"' in page
    assert "For Year 1 alone" not in page
    page = shown(room.client, room.address("t-combined"))
    assert f'href="{room.address("t-combined")}" aria-current="true"' in page


def test_templates_add_no_questions(room: Classroom, leader: Client) -> None:
    pages = [
        (room.client, to("marksheets", room.school)),
        (leader, to("layouts", room.school)),
        (room.client, room.address()),
    ]
    asked = []
    for number in (1, 2):
        laid_out(room.school, f"One of {number}")
        for client, there in pages:
            shown(client, there)
            with CaptureQueriesContext(connection) as queries:
                shown(client, there)
            asked.append(len(queries))
        laid_out(room.school, f"Another of {number}")
    assert asked[:3] == asked[3:]


# The sheet


def test_a_laid_out_sheet_saves_and_exports(room: Classroom) -> None:
    mean = {"key": "c3", "kind": "mean", "columns": ["c1", "c2"]}
    template = laid_out(
        room.school, columns=[READING_NOW, WRITING_NOW, mean, {"key": "c4", "kind": "year_group"}]
    )
    sheet = f"t-{template.public_id}"
    fields = {
        f"{letter}-{room.elsie.public_id}-{of}.autumn": value
        for of, points in (("reading", "44"), ("writing", "45"))
        for letter, value in (("v", points), ("s", "0:"))
    }
    assert room.client.post(room.address(sheet), fields).status_code == 302
    cells = room.page(sheet=sheet).rows[str(room.elsie.public_id)]
    assert [cell.text for cell in cells] == ["44 at", "45 above", "44.5", "Year 4"]
    table = room.client.get(room.address(sheet, asked="sheet.csv?term=autumn")).content.decode("utf-8-sig")
    headings = (
        "Pupil,Class,Year group,Reading: Autumn,Reading: Autumn: against the expected range,"
        "Writing: Autumn,Writing: Autumn: against the expected range,Mean of 2,Year group"
    )
    assert table.splitlines()[:2] == [
        headings,
        '"Brough, Elsie",4A,Year 4,44,at,45,above,44.5,Year 4',
    ]


def test_what_is_to_look_at_only_takes_nothing(room: Classroom) -> None:
    template = laid_out(room.school, columns=[READING_NOW | {"typed": "no"}, WRITING_NOW])
    sheet = f"t-{template.public_id}"
    page = room.page(sheet=sheet)
    cells = page.rows[str(room.elsie.public_id)]
    assert ["e" in cell.classes for cell in cells] == [False, True]
    sneaked = {
        f"v-{room.elsie.public_id}-reading.autumn": "44",
        f"s-{room.elsie.public_id}-reading.autumn": "0:",
    }
    room.client.post(room.address(sheet), sneaked)
    assert room.stands() == {}


def test_columns_that_there_are_no_more_are_left_out(room: Classroom) -> None:
    """A kind that a later program does not know, or an area of the other framework, does no harm."""
    template = laid_out(room.school)
    gone = [
        {"key": "c2", "kind": "horoscope"},
        {"key": "c3", "kind": "judgement", "subject": "g01"},
        "nonsense",
    ]
    with visible_to(room.school):
        MarksheetTemplate.objects.update(columns=[READING_NOW, *gone])
        assert room.page(sheet=f"t-{template.public_id}").headings == ["Pupil", "Autumn"]
        MarksheetTemplate.objects.update(columns=gone)
    shown(room.client, room.address(f"t-{template.public_id}"), 404)


def test_a_term_in_view_that_stands_there_already_stands_once(room: Classroom) -> None:
    autumn = {"key": "c2", "kind": "judgement", "subject": "reading", "term": "autumn"}
    template = laid_out(room.school, columns=[READING_NOW, autumn])
    sheet = f"t-{template.public_id}"
    assert room.page(sheet=sheet).headings == ["Pupil", "Autumn"]
    assert room.page(sheet=sheet, asked="?term=spring").headings == ["Pupil", "Spring", "Autumn"]


def test_putting_away_twice_changes_nothing(room: Classroom) -> None:
    template = laid_out(room.school)
    with visible_to(room.school):
        assert put_away(template=template, by=None)
        assert not put_away(template=template, by=None)


# Two at once


def opened_with(page: str) -> str:
    """The version that the page says it is a change of."""
    return page.split('name="saw" value="')[1].split('"', maxsplit=1)[0]


def test_the_second_of_two_who_lay_one_out_at_once_is_asked(room: Classroom) -> None:
    template = laid_out(room.school)
    there = to("layout", room.school, template.public_id)
    users = [member(room.school, role) for role in (Role.ASSESSMENT_LEADER, Role.HEAD)]
    first, second = (signed_in(user) for user in users)
    saw = opened_with(shown(first, there))
    assert opened_with(shown(second, there)) == saw
    assert first.post(there, sent(WRITING_NOW, name="Of the first", saw=saw)).status_code == 302
    mine = sent(READING_NOW, WRITING_NOW, name="Of the second", saw=saw, year_groups=["3"])
    answer = second.post(there, mine)
    assert answer.status_code == 409
    page = " ".join(answer.content.decode().split())
    assert f"{users[0].name} changed this marksheet after you opened it, " in page
    # What was typed stays, and who only moves a column on is told too.
    assert 'value="Of the second"' in page
    assert page.count('name="column"') == 2
    assert opened_with(page) == saw
    answer = second.post(there, mine | {"act": "up-c2"})
    assert (answer.status_code, "changed this marksheet" in answer.content.decode()) == (200, True)
    with visible_to(room.school):
        assert MarksheetTemplate.objects.get().name == "Of the first"
    # The newer one can be opened, or saved over; but not one that is newer still.
    assert 'value="Of the first"' in shown(second, there)
    over = page.split('name="over" value="')[1].split('"')[0]
    newest = sent(WRITING_NOW, name="Newest", saw=opened_with(shown(first, there)))
    first.post(there, newest)
    assert second.post(there, mine | {"act": "", "over": over}).status_code == 409
    with visible_to(room.school):
        standing = MarksheetTemplate.objects.get()
        assert standing.name == "Newest"
    assert second.post(there, mine | {"act": "", "over": version_of(standing)}).status_code == 302
    with visible_to(room.school):
        standing = MarksheetTemplate.objects.get()
    assert (standing.name, len(standing.columns)) == ("Of the second", 2)


def test_a_form_that_does_not_say_what_it_saw_saves_over_nothing(room: Classroom, leader: Client) -> None:
    template = laid_out(room.school)
    there = to("layout", room.school, template.public_id)
    answer = leader.post(there, sent(WRITING_NOW))
    assert answer.status_code == 409
    assert "The operator changed this marksheet" in answer.content.decode()


def test_putting_away_is_no_change_of_what_is_laid_out(room: Classroom, leader: Client) -> None:
    user = member(room.school, Role.HEAD)
    template = laid_out(room.school)
    there = to("layout", room.school, template.public_id)
    saw = opened_with(shown(leader, there))
    signed_in(user).post(to("use_layout", room.school, template.public_id), {"use": "no"})
    assert leader.post(there, sent(WRITING_NOW, saw=saw)).status_code == 302
    with visible_to(room.school):
        standing = MarksheetTemplate.objects.get()
        assert (standing.name, standing.is_in_use) == ("Phonics", False)
        # And one that was read before neither brings the old name back nor puts it to use.
        assert put_away(template=template, by=None)
        assert MarksheetTemplate.objects.get().name == "Phonics"


def test_both_changing_to_the_same_ask_nothing(room: Classroom, leader: Client) -> None:
    template = laid_out(room.school)
    there = to("layout", room.school, template.public_id)
    fields = sent(WRITING_NOW, saw=opened_with(shown(leader, there)))
    assert [leader.post(there, fields).status_code for _ in range(2)] == [302, 302]
    with visible_to(room.school):
        assert MarksheetTemplate.pgh_event_model.objects.count() == 2


# The shipped ones on the page of marksheets


def test_shipped_ones_stand_in_a_line_for_each_purpose(room: Classroom) -> None:
    page = shown(room.client, to("marksheets", room.school) + "?term=autumn")
    shipped = page.split('<details class="panel shipped" open>')[1].split("</details>")[0]
    purposes = [part.split("<")[0] for part in shipped.split("<strong>")[1:]]
    # Of Year 4: no Year 1 with Baseline.
    assert purposes == [
        "One subject, from last Summer to attainment",
        "All subjects in one term",
        "Reading, writing and mathematics over the year",
    ]
    for code in ("y2-y9-reading", "y2-y9-science", "all-autumn", "all-summer", "combined"):
        assert shipped.count(f'href="{room.address(f"t-{code}")}"') == 1


def test_a_favourite_stands_above_and_folds_the_other_shipped_ones_away(room: Classroom) -> None:
    room.client.post(to("favourite_layout", room.school), {"template": "all-spring", "keep": "yes"})
    page = shown(room.client, to("marksheets", room.school) + "?term=autumn")
    above, shipped = page.split('<details class="panel shipped">')
    assert f'href="{room.address("t-all-spring")}"' in above
    assert f'href="{room.address("t-all-spring")}"' not in shipped
    assert f'href="{room.address("t-all-autumn")}"' in shipped
