from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from schools.models import User
from schools.services.second_step import remove_second_factor


class Command(BaseCommand):
    help = "Take away the second step of a person who lost their telephone, and sign them out everywhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True)

    def handle(self, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"There is no account with the address {options['email']!r}.")
        if not remove_second_factor(user, by=None):
            raise CommandError(f"{user.name} ({user.email}) has no second step.")
        self.stdout.write(
            f"{user.name} ({user.email}) signs in with the password alone until a new second step is set up."
        )
