from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from lep_tracker import demo


class Command(BaseCommand):
    help = (
        "Load the demo partnership and print its sign-ins, one a role. May be run again: what is there stays. "
        "Its accounts work on this machine alone."
    )

    def handle(self, **options: Any) -> None:
        is_new = bool(demo.missing_schools())
        if is_new:
            self._tell("Loading the demo partnership ...")
            demo.clear_away_unfinished()
        try:
            with transaction.atomic():
                # First, for some of them enter judgements.
                demo.make_accounts()
                demo.load(today=timezone.localdate(), tell=self._tell)
                sign_ins = demo.sign_ins()
        except ValueError as error:
            raise CommandError(str(error)) from error
        if is_new:
            demo.learn_sizes()
        width = max(len(sign_in.email) for sign_in in sign_ins)
        self.stdout.write(f"The demo partnership is at {settings.SITE_ADDRESS}, for this machine alone:\n\n")
        for sign_in in sign_ins:
            self.stdout.write(f"  {sign_in.email:{width}}  {sign_in.password}  {sign_in.roles}")
        self.stdout.write("")

    def _tell(self, line: str) -> None:
        """It takes half a minute: say how far it is."""
        self.stdout.write(line)
        self.stdout.flush()
