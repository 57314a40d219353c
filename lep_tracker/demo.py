"""The demo partnership: invented schools, people and pupils, the same wherever it is loaded.

One first school and one middle school have their rolls; the others are as empty as a school on its first day.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from lep_tracker.data_directory import create_directory, data_directory
from schools.calendar import AcademicYear, YearGroup
from schools.identifiers import UPN_LETTERS
from schools.models import ChangeKind, ClassGroup, Partnership, Role, School, SenStatus, Sex, User
from schools.row_security import visible_to
from schools.services import classes, enrolments, memberships, years
from schools.services.changes import change_set
from schools.services.schools import NewSchool, create_school

SOURCE = settings.BASE_DIR / "fixtures" / "demo" / "partnership.json"
CLASS_SIZE = 26


@dataclass(frozen=True)
class DemoSignIn:
    """An account of the demo, with the password made for this installation."""

    email: str
    password: str
    roles: str


def demo_is_loaded() -> bool:
    return User.objects.filter(is_demo=True).exists()


def load(*, today: dt.date) -> None:
    """Load the demo's schools, classes and pupils into the running academic year; what is there stays.

    Raises SchoolRefused where one of its school numbers is taken by a school of somebody else's.
    """
    source = json.loads(SOURCE.read_text(encoding="utf-8"))
    year = AcademicYear.containing(today)
    for entry in source["schools"]:
        if not School.objects.filter(urn=entry["urn"], partnership__name=source["partnership"]).exists():
            _load_school(entry, source, year)


def _load_school(entry: dict[str, Any], source: dict[str, Any], year: AcademicYear) -> None:
    school = create_school(
        new=NewSchool(
            name=entry["name"],
            urn=entry["urn"],
            dfe_number=entry["dfe_number"],
            lowest_year_group=YearGroup.from_code(entry["lowest"]),
            highest_year_group=YearGroup.from_code(entry["highest"]),
            partnership=source["partnership"],
        ),
        academic_year=year,
        by=None,
    )
    chance, serials = random.Random(entry["urn"]), itertools.count(1)
    with visible_to(school), change_set(school=school, kind=ChangeKind.DEMO, by=None):
        years.open_year(school=school, academic_year=AcademicYear(year - 1), by=None)
        for name, codes in entry["classes"].items():
            class_group = classes.create_class(school=school, academic_year=year, name=name, by=None)
            for number in range(CLASS_SIZE + chance.randint(-3, 4)):
                year_group = YearGroup.from_code(codes[number % len(codes)])
                _admit(class_group, year_group, next(serials), source, chance)


def _admit(
    class_group: ClassGroup, year_group: YearGroup, serial: int, source: dict[str, Any], chance: random.Random
) -> None:
    """One child; about one in thirty joined this term, one in thirty has left, one in eighty is out of year."""
    year = class_group.academic_year
    sex = chance.choice([Sex.FEMALE, Sex.MALE])
    out_of_year = -1 if chance.random() < 1 / 80 else 0
    born = dt.date(year - 5 - year_group + out_of_year, 9, 1) + dt.timedelta(days=chance.randrange(365))
    joined = chance.random() < 1 / 30
    # At the start of the school's lowest year group.
    entered = dt.date(year - (year_group - class_group.school.lowest_year_group), 9, 3)
    is_fsm6, is_looked_after = chance.random() < 0.2, chance.random() < 0.01
    is_service_child = chance.random() < 0.02
    pupil = enrolments.admit(
        school=class_group.school,
        details=enrolments.PupilDetails(
            surname=chance.choice(source["surnames"]),
            forename=chance.choice(source["girls" if sex is Sex.FEMALE else "boys"]),
            date_of_birth=born,
            sex=sex,
            upn=_upn(class_group.school, entered.year, serial),
        ),
        place=enrolments.YearPlace(
            academic_year=year,
            year_group=year_group,
            class_group=class_group,
            characteristics=enrolments.Characteristics(
                sen_status=chance.choices([SenStatus.NONE, SenStatus.SUPPORT, SenStatus.PLAN], [83, 13, 4])[
                    0
                ],
                is_pupil_premium=is_fsm6 or is_looked_after or is_service_child,
                is_fsm6=is_fsm6,
                is_eal=chance.random() < 0.09,
                is_looked_after=is_looked_after,
                is_service_child=is_service_child,
            ),
        ),
        starts_on=_school_day(year, chance) if joined else entered,
        by=None,
    )
    if not joined and chance.random() < 1 / 30:
        enrolments.leave(pupil=pupil, on=_school_day(year, chance), by=None)


def _school_day(year: AcademicYear, chance: random.Random) -> dt.date:
    """A weekday of the Autumn term, after its first two weeks."""
    week = dt.date(year, 9, 21) + dt.timedelta(days=chance.randint(0, 55))
    return week - dt.timedelta(days=max(0, week.weekday() - 4))


def _upn(school: School, year: int, serial: int) -> str:
    """A number of the right form that this school could have given in the year."""
    number = f"{school.dfe_number}{year % 100:02}{serial:03}"
    check = sum(weight * int(digit) for weight, digit in enumerate(number, start=2)) % 23
    return UPN_LETTERS[check] + number


def sign_ins() -> list[DemoSignIn]:
    """The demo's accounts, made where they are missing; passwords stand in a file of the data directory.

    Accounts that are not in the file get a new password. One that was changed on the site is not known here.
    """
    source = json.loads(SOURCE.read_text(encoding="utf-8"))
    kept = _kept_passwords()
    found = [_sign_in(person, kept, source["partnership"]) for person in source["people"]]
    path = _password_file()
    create_directory(path.parent)
    path.touch(mode=0o600)
    path.write_text(json.dumps(kept), encoding="utf-8")
    return found


def _password_file() -> Path:
    return data_directory() / "demo-sign-ins.json"


def _kept_passwords() -> dict[str, dict[str, str]]:
    """For each address the password and the hash it had: comparing hashes is quick, checking passwords is not."""
    try:
        kept = json.loads(_password_file().read_text(encoding="utf-8"))
        return {
            email: {"password": entry["password"], "hash": entry["hash"]} for email, entry in kept.items()
        }
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        # None yet, or not one that this version wrote: new passwords are made.
        return {}


def _sign_in(person: dict[str, Any], kept: dict[str, dict[str, str]], partnership: str) -> DemoSignIn:
    email = person["email"]
    user = User.objects.filter(email=email, is_demo=True).first()
    if user is None:
        user = User.objects.create_user(email, person["name"], is_demo=True)
        kept.pop(email, None)
    if email not in kept:
        password = secrets.token_urlsafe(12)
        user.set_password(password)
        user.save(update_fields=["password"])
        kept[email] = {"password": password, "hash": user.password}
    roles = list(_grant(user, person))
    if person.get("leads"):
        memberships.lead_partnership(
            partnership=Partnership.objects.get(name=partnership), user=user, by=None
        )
        roles.append("Partnership lead")
    is_known = kept[email]["hash"] == user.password
    return DemoSignIn(email, kept[email]["password"] if is_known else "(changed since)", ", ".join(roles))


def _grant(user: User, person: dict[str, Any]) -> Iterator[str]:
    for urn, role, taught in person["memberships"]:
        school = School.objects.get(urn=urn)
        with visible_to(school):
            membership = memberships.grant(school=school, user=user, role=Role(role), by=None)
            for class_group in ClassGroup.objects.in_school(school).filter(name__in=taught):
                classes.assign_teacher(class_group=class_group, membership=membership, by=None)
        yield f"{membership} at {school.name}"
