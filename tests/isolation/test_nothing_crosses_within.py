"""Within one school: a teacher and a class of somebody else, a governor and names, and fields that no form has."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection, models, transaction

from assessment.engine.subjects import READING
from assessment.models import CompletedSheet, Decided, Judgement, SignDecision
from lep_tracker.access_table import Action, Answer, lines
from schools.calendar import AcademicYear, TermName
from schools.models import AuditRecord, ClassGroup, CustomGroupPupil, Pupil, Role, SchoolOwned, User
from schools.permissions import PERMISSIONS_BY_ROLE
from schools.row_security import visible_to, walled_models
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, judged, on_roll
from tests.isolation.crossing import Form, Hidden, counterparts, words_of, writes
from tests.isolation.crossing_walks import everything, of_each_kind, pattern_of, send, sends
from tests.isolation.test_door import BEHIND, MAY_BE_POSTED, address, trying
from tests.isolation.two_schools import WholeSchool
from tests.schools.files import upn

pytestmark = pytest.mark.usefixtures("unmeasured")
POSTED = [pattern for pattern in BEHIND if pattern.name in MAY_BE_POSTED]


@pytest.fixture
def colleagues(ours: WholeSchool, year: AcademicYear) -> Hidden:
    """A child of a class that our teacher does not teach, in the group with a child of theirs, and all that is said of that child."""
    with visible_to(ours.school):
        room = ClassGroupFactory.create(school=ours.school, academic_year=year, name="Otherclass")
        row = on_roll(
            ours.school,
            year,
            class_group=room,
            pupil__surname="Otherchild",
            pupil__forename="Otherforename",
            pupil__upn=upn(303),
        )
        judgement = judged(row.pupil, year, note="Othernote")
        in_group = CustomGroupPupil.objects.create(
            school=ours.school, academic_year=year, group=ours.group, pupil=row.pupil
        )
        SignDecision.objects.create(
            school=ours.school,
            academic_year=year,
            pupil=row.pupil,
            term=TermName.AUTUMN,
            subject_id=READING.number,
            decided=Decided.ADAPT,
            reason="Otherreason",
            decided_by=ours.teacher,
        )
        ours_in_group = CustomGroupPupil.objects.exclude(pk=in_group.pk).get()
        like = [ours.pupil, ours.class_group, ours.pupil_year, ours.judgement, ours_in_group]
        instead = counterparts(like, [row.pupil, room, row, judgement, in_group])
    said = {"Otherchild", "Otherforename", "Othernote", "Otherreason", upn(303), str(row.pupil.public_id)}
    return Hidden(frozenset(said), instead)


def of_pupil(whole: WholeSchool, surname: str) -> dict[str, str]:
    """All that is held of one pupil, and of the pupil's class, as the tables have it."""
    asked = []
    for model in walled_models():
        for each in model._meta.concrete_fields:
            if model is AuditRecord or each.related_model not in {Pupil, ClassGroup}:
                continue
            of = "pupil" if each.related_model is Pupil else "class_group"
            table = model._meta.db_table
            asked.append(
                f"SELECT '{table}.{each.column}', string_agg(t::text, ';' ORDER BY t::text) FROM {table} t"
                f" WHERE {each.column} = %({of})s"
            )
    with visible_to(whole.school), connection.cursor() as cursor:
        pupil = Pupil.objects.get(surname=surname)
        room = ClassGroup.objects.get(name="Otherclass")
        held = {"schools_pupil": repr(Pupil.objects.filter(pk=pupil.pk).values().get())}
        cursor.execute(" UNION ALL ".join(asked), {"pupil": pupil.pk, "class_group": room.pk})
        return held | dict(cursor.fetchall())


def address_of_colleague(there: str, ours: WholeSchool, colleagues: Hidden) -> str:
    for own in (ours.pupil.public_id, ours.class_group.public_id):
        there = there.replace(str(own), colleagues.instead[str(own)][0])
    return there


def test_a_teacher_reads_nothing_of_a_class_of_somebody_else(
    subtests: pytest.Subtests, colleagues: Hidden, ours: WholeSchool, year: AcademicYear
) -> None:
    client, head = signed_in(ours.teacher), signed_in(member(ours.school, Role.HEAD))
    seen_by_head: set[str] = set()
    for pattern in BEHIND:
        there = address(pattern, ours, year)
        other = address_of_colleague(there, ours, colleagues)
        with trying(subtests, pattern):
            for asked in {there, there.replace(".csv", ".xlsx"), other}:
                answer = client.get(asked, follow=True)
                assert not colleagues.told_by(words_of(answer), asked), asked
            if other != there:
                answers = {client.get(other).status_code, client.post(other).status_code}
                assert answers <= {403, 404, 405}
                seen_by_head |= colleagues.told_by(words_of(head.get(other)), other)
    # The walk would pass where nobody is told anything.
    assert {"Otherchild", "Otherforename", "Othernote", "Otherreason"} <= seen_by_head


@pytest.mark.usefixtures("unprinted")
def test_a_teachers_forms_write_nothing_of_a_class_of_somebody_else(
    subtests: pytest.Subtests, colleagues: Hidden, ours: WholeSchool, year: AcademicYear
) -> None:
    client = signed_in(ours.teacher)
    forms = [each for form in sends(client, ours, year) for each in colleagues.swapped(form)]
    forms = of_each_kind(forms)
    assert len([form for form in forms if form.method == "post"]) > 10
    before = of_pupil(ours, "Otherchild")
    for form in forms:
        with trying(subtests, pattern_of(form.action)):
            earlier = writes()
            answer = send(client, form)
            assert answer.status_code < 500, form
            assert not colleagues.told_by(words_of(answer), f"{form}"), form
            # What wrote nothing changed nothing.
            assert writes() == earlier or of_pupil(ours, "Otherchild") == before, form


def test_a_governor_is_told_no_name_and_sends_nothing_about_a_pupil(
    subtests: pytest.Subtests, colleagues: Hidden, ours: WholeSchool, year: AcademicYear
) -> None:
    """In no page, no workbook, no PDF."""
    people = {ours.pupil.surname, ours.pupil.forename, str(ours.pupil.public_id), ours.teacher.name}
    names = Hidden(colleagues.words | people)
    client, allowed = signed_in(member(ours.school, Role.GOVERNOR)), PERMISSIONS_BY_ROLE[Role.GOVERNOR]
    before = of_pupil(ours, "Otherchild")
    for pattern in BEHIND:
        there = address(pattern, ours, year)
        may: Any = pattern.callback
        with trying(subtests, pattern):
            for asked in {
                there,
                there.replace(".csv", ".xlsx"),
                address_of_colleague(there, ours, colleagues),
            }:
                answers = [
                    client.get(asked, follow=True),
                    client.post(asked, {"pupil": str(ours.pupil.public_id)}),
                ]
                for answer in answers:
                    assert not names.told_by(words_of(answer), asked), asked
                if may.permission not in allowed:
                    assert answers[0].status_code in {403, 405}
                    assert answers[1].status_code == (403 if pattern in POSTED else 405)
    assert of_pupil(ours, "Otherchild") == before


def test_who_may_look_and_not_enter_enters_nothing_by_any_address(
    subtests: pytest.Subtests, ours: WholeSchool, year: AcademicYear
) -> None:
    """The lines of docs/access-table.md where the door is open and the view asks for more."""
    senco, head = (signed_in(member(ours.school, role)) for role in (Role.SENCO, Role.HEAD))
    refused = {
        line.name for line in lines() if line.action is Action.SEND and line.answers[Role.SENCO] is Answer.NO
    }
    sent = tuple((name, value) for name, those in everything(ours).items() for value in those)
    written = set()
    for pattern in POSTED:
        if pattern.name not in refused:
            continue
        form = Form("post", address(pattern, ours, year), (*sent, ("act", "complete")))
        with trying(subtests, pattern):
            before = judgements(ours)
            send(senco, form, follow=False)
            assert judgements(ours) == before
            send(head, form, follow=False)
            written |= {pattern.name} if judgements(ours) != before else set()
    # The walk would pass where nothing that is sent would be written.
    assert {"class_marksheet", "group_marksheet_cells", "year_group_marksheet_complete"} & written


def judgements(whole: WholeSchool) -> list[Any]:
    with visible_to(whole.school):
        return [*Judgement.objects.order_by("pk").values(), *CompletedSheet.objects.order_by("pk").values()]


def is_of_no_form(column: models.Field[Any, Any]) -> bool:
    """Whose a row is, which row it is, who did it, and what somebody may."""
    names = {"school", "is_active", "role"}
    return bool(column.primary_key or column.related_model is User or column.name in names) or isinstance(
        column, models.UUIDField
    )


def of_no_form(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [each for each in model._meta.concrete_fields if is_of_no_form(each)]


def tables() -> list[type[models.Model]]:
    return [each for each in walled_models() if issubclass(each, SchoolOwned) and each is not AuditRecord]


def planted(theirs: WholeSchool) -> tuple[tuple[str, str], ...]:
    """Each such column by its names, with the school, a person, an id and a role of others."""
    sent = {"pk": f"{theirs.pupil.pk}", "is_superuser": "on", "is_staff": "on"}
    for model in tables():
        for each in of_no_form(model):
            school = f"{theirs.school.pk}" if each.name == "school" else f"{theirs.teacher.pk}"
            other = f"{theirs.pupil.public_id}" if isinstance(each, models.UUIDField) else school
            value = {"role": Role.HEAD.value, "is_active": "on"}.get(each.name, other)
            sent |= {each.name: value, each.attname: value}
    return tuple(sent.items())


Held = dict[str, list[tuple[Any, ...]]]


def written_by(client: Any, form: Form, whole: WholeSchool, earlier: Held) -> list[Any]:
    """What stands in such columns after a form, and in the accounts, of tables that it wrote to; what it wrote is taken back, and a new id, which is another each time, left out."""
    sent = {value for _, value in form.fields}
    with transaction.atomic():
        before = writes()
        answer = send(client, form, follow=False)
        found = held(whole, {table for table, written in writes().items() if written != before.get(table, 0)})
        transaction.set_rollback(True)
    rows = {table: without_new_ids(found[table], earlier[table], sent) for table in sorted(found)}
    return [answer.status_code, *((table, sorted(those, key=repr)) for table, those in rows.items())]


def without_new_ids(
    rows: list[tuple[Any, ...]], earlier: list[tuple[Any, ...]], sent: set[str]
) -> list[tuple[Any, ...]]:
    """Of a new row its number and what is by chance are left out; an id that was sent is neither."""
    known = {row[0] for row in earlier}
    return [
        row if row[0] in known else ("new", *(by_chance(value, sent) for value in row[1:])) for row in rows
    ]


def by_chance(value: Any, sent: set[str]) -> Any:
    return "new" if isinstance(value, uuid.UUID) and str(value) not in sent else value


def held(whole: WholeSchool, of: set[str] | None = None) -> Held:
    accounts = User.objects.values_list("pk", "email", "name", "password", "is_active")
    with visible_to(whole.school):
        behind = {
            model._meta.db_table: list(of_columns(model))
            for model in tables()
            if of is None or model._meta.db_table in of
        }
        return {"schools_user": list(accounts), **behind}


def of_columns(model: type[models.Model]) -> Any:
    return model._base_manager.values_list(*(each.attname for each in of_no_form(model)))


# Sent without a field a form takes itself for asked for the first time.
NOTHING = (("nothing", ""),)


@pytest.mark.usefixtures("unprinted")
def test_fields_that_no_form_has_are_read_by_none(
    subtests: pytest.Subtests, ours: WholeSchool, theirs: WholeSchool, year: AcademicYear
) -> None:
    """What a page offers, sent with another school, person, id and role beside it, does what it does without."""
    client, more = signed_in(member(ours.school, Role.HEAD)), planted(theirs)
    assert {"school", "school_id", "id", "public_id", "user", "role", "is_active", "entered_by_id"} <= {
        name for name, _ in more
    }
    forms = of_each_kind([form for form in sends(client, ours, year) if form.method == "post"], most=1)
    forms += [Form("post", address(pattern, ours, year), NOTHING) for pattern in POSTED]
    writing, earlier = 0, held(ours)
    for form in forms:
        own = {name for name, _ in form.fields}
        extra = tuple((name, value) for name, value in more if name not in own)
        with trying(subtests, pattern_of(form.action)):
            plain = written_by(client, form, ours, earlier)
            more_sent = Form(form.method, form.action, (*form.fields, *extra))
            assert written_by(client, more_sent, ours, earlier) == plain
            writing += "'new'" in repr(plain)
    # The walk would pass where no form is let through.
    assert writing >= 5
