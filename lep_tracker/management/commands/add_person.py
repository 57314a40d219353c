from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from lep_tracker.sign_in import password_link
from schools.models import ClassGroup, Partnership, Role, School, User
from schools.row_security import visible_to
from schools.services import classes, memberships
from schools.services.people import account_for


class Command(BaseCommand):
    help = "Let a person in: an account where there is none, and a role at a school or the lead of a partnership."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)
        place = parser.add_mutually_exclusive_group(required=True)
        place.add_argument("--school", metavar="URN")
        place.add_argument("--leads", metavar="PARTNERSHIP", help="the partnership's name")
        parser.add_argument("--role", choices=Role.values, help="at the school")
        parser.add_argument(
            "--class",
            dest="class_names",
            action="append",
            default=[],
            metavar="NAME",
            help="taught; may be repeated",
        )

    def handle(self, **options: Any) -> None:
        if bool(options["school"]) != bool(options["role"]):
            raise CommandError("--school and --role go together.", returncode=2)
        try:
            with transaction.atomic():
                user, is_new = account_for(email=options["email"], name=options["name"])
                place = self._at_school(user, options) if options["school"] else self._lead(user, options)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{user.name} ({user.email}) is {place}.")
        if is_new:
            self.stdout.write("The address to set a password at, good once and for three days:")
            self.stdout.write(password_link(user))

    def _lead(self, user: User, options: dict[str, Any]) -> str:
        partnership = Partnership.objects.filter(name=options["leads"]).first()
        if partnership is None:
            raise ValueError(f"There is no partnership called {options['leads']!r}.")
        membership = memberships.lead_partnership(partnership=partnership, user=user, by=None)
        return f"{membership} of {partnership.name}"

    def _at_school(self, user: User, options: dict[str, Any]) -> str:
        school = School.objects.filter(urn=options["school"]).first()
        if school is None:
            raise ValueError(f"There is no school with the URN {options['school']!r}.")
        with visible_to(school):
            membership = memberships.grant(school=school, user=user, role=Role(options["role"]), by=None)
            for name in options["class_names"]:
                # The latest year's: last year's class of the same name is over.
                group = (
                    ClassGroup.objects.in_school(school).filter(name__iexact=name).order_by("-academic_year")
                )
                if not group:
                    raise ValueError(f"{school.name} has no class called {name!r}.")
                classes.assign_teacher(class_group=group[0], membership=membership, by=None)
        return f"{membership} at {school.name}"
