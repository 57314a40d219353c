from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from schools.calendar import AcademicYear
from schools.imports.drop_folder import DropFolder, FolderError
from schools.imports.report import counted, listed
from schools.imports.sync import Outcome, Round, Told, begin_alone, end_alone
from schools.management.shell import academic_year, say, school_with, schools_with
from schools.models import School
from schools.services.giving_way import give_way, let_database_give_way

QUIET = 120


class Command(BaseCommand):
    help = (
        "Take in what a school's system has put into a folder: rolls and common transfer files, then judgements. For every night. "
        "Each file is taken whole or not at all, and moved to done or refused with a report beside it."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument(
            "--school",
            metavar="URN",
            help="whose files lie in FOLDER; without it FOLDER holds a folder for each school, named by its URN",
        )
        parser.add_argument(
            "--year",
            type=academic_year,
            metavar="2025/26",
            help="of rolls; the running year if left out",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would become of each, and change nothing"
        )
        parser.add_argument(
            "--update",
            choices=["all", "missing"],
            default="all",
            help="take all that the files say (as without it), or only fill what is empty",
        )
        parser.add_argument(
            "--quiet-for",
            type=_seconds,
            default=QUIET,
            metavar="SECONDS",
            help=f"leave files that changed within so many seconds for the next time; {QUIET} if left out",
        )

    def handle(self, **options: Any) -> None:
        if getattr(self, "_called_from_command_line", False):
            give_way()
            let_database_give_way()
        folders = list(self._folders(options["folder"], options["school"]))
        if not begin_alone():
            raise CommandError("Another sync is at work. Nothing was done: the files wait for the next time.")
        try:
            refused, broken = self._all(folders, options)
        finally:
            end_alone()
        if refused or broken:
            why = f"{counted(refused, 'file was', 'files were')} refused, with the reason in a report beside each"
            left = f"{counted(broken, 'file or folder', 'files or folders')} could not be dealt with"
            parts = ([why] if refused else []) + ([left] if broken else [])
            raise CommandError(f"{listed(parts)}. The rest was done.")

    def _folders(self, folder: Path, urn: str | None) -> Iterator[tuple[School, Path]]:
        """Each school with its folder. How many names are none is told, so that no folder is forgotten for ever."""
        if not folder.is_dir():
            raise CommandError("There is no such folder.")
        if urn:
            yield school_with(urn), folder
            return
        schools = {school.urn: school for school in schools_with(None)}
        try:
            places = sorted(folder.iterdir())
        except OSError as error:
            raise CommandError(f"The folder cannot be read: {error.strerror}.") from error
        others = 0
        for place in places:
            if place.is_dir() and not place.is_symlink() and place.name in schools:
                yield schools[place.name], place
            else:
                others += 1
        if others:
            say(
                self.stdout,
                f"{counted(others, 'name')} in the folder passed over: only folders named by the URN of a school here are looked into.",
            )

    def _all(self, folders: list[tuple[School, Path]], options: dict[str, Any]) -> tuple[int, int]:
        if options["dry_run"]:
            say(self.stdout, "A dry run: nothing is written and nothing moved. This is what would be done.")
        refused = broken = 0
        for school, place in folders:
            name = f"{school.name} (URN {school.urn})"
            try:
                outcomes = self._school(school, name, place, options)
                refused += outcomes[Outcome.REFUSED]
                broken += outcomes[Outcome.BROKE_OFF]
            except FolderError as error:
                broken += 1
                say(self.stderr, f"{name}: {error}")
            except OSError as error:
                # As where a disk is full: what was not put away is known again the next time.
                broken += 1
                say(self.stderr, f"{name}: {error.strerror}")
        return refused, broken

    def _school(self, school: School, name: str, place: Path, options: dict[str, Any]) -> Counter[Outcome]:
        outcomes: Counter[Outcome] = Counter()
        work = Round(
            school=school,
            folder=DropFolder(place),
            academic_year=options["year"] or AcademicYear.containing(timezone.localdate()),
            update=options["update"],
            quiet=options["quiet_for"],
            dry_run=options["dry_run"],
        )
        for told in work.go():
            outcomes[told.outcome] += 1
            if told.outcome is not Outcome.LEFT:
                say(self.stdout, f"{name}: {_line(told)}")
        many = listed(f"{outcomes[each]} {each.value}" for each in Outcome)
        say(self.stdout, f"{name}: {counted(outcomes.total(), 'file')}; {many}.")
        return outcomes


def _line(told: Told) -> str:
    """Numbers and names that were made here: nothing that a file says, not even what it is called."""
    numbers = listed(f"{count:,} {what}" for what, count in told.counts.items() if count)
    parts = [told.title or "No file", told.outcome.value, told.place]
    said = ", ".join(part for part in parts if part)
    return f"{said}: {numbers}." if numbers else f"{said}."


def _seconds(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 86_400:
        raise argparse.ArgumentTypeError("Give a number of seconds, from 0 to 86400.")
    return int(text)
