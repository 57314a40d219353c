from __future__ import annotations

import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.documents.subject_access import subject_access
from reports.exports.subject_access import SUBJECT_ACCESS_FORMATS
from reports.management.output import write_out
from schools.management.shell import school_with
from schools.models import Pupil
from schools.queries.privacy import contact_of
from schools.row_security import visible_to


class Command(BaseCommand):
    help = (
        "Everything that a school holds of one pupil, for whoever asks for it by right: every table and its history, with other people left "
        "out. The pupil is named by the id in the address of the pupil's page."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", required=True, metavar="URN")
        parser.add_argument("--pupil", required=True, type=uuid.UUID, metavar="ID")
        parser.add_argument("--format", choices=list(SUBJECT_ACCESS_FORMATS), default="pdf")
        parser.add_argument("--output", metavar="FILE", type=Path, required=True)

    def handle(self, **options: Any) -> None:
        school = school_with(options["school"])
        with visible_to(school):
            named = Pupil.objects.in_school(school).unmerged().named().select_related("school")
            pupil = named.filter(public_id=options["pupil"]).first()
            if pupil is None:
                raise CommandError(f"{school.name} holds no such pupil.")
            contact = contact_of(school).shown
            document = subject_access(pupil, contact=contact, made_on=timezone.localdate())
        write_out(self.stdout, SUBJECT_ACCESS_FORMATS[options["format"]].write(document), options["output"])
