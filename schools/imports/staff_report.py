"""What an import of staff did, or would do, in lines for the office that ran it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from schools.imports.report import PROBLEMS_SHOWN, counted, listed, sheet_lines
from schools.imports.staff import StaffFile
from schools.models import Role, School
from schools.services.staff_list import StaffChanges, StaffRow


def staff_report(
    file: StaffFile,
    changes: StaffChanges,
    *,
    school: School,
    dry_run: bool,
    letters: bool,
    unsent: Collection[str] = (),
) -> Iterator[str]:
    """The lines: first what matters most. `unsent` are the addresses to which no letter could be sent."""
    if dry_run:
        yield "A dry run: nothing has been written, and no letter has been sent. This is what would be done."
    yield (
        f"{school.name} (URN {school.urn}): {counted(len(file.rows), 'person', 'people')};"
        f" {len(changes.invited):,} invited, {len(changes.waiting):,} invited before,"
        f" {len(changes.here):,} here already."
    )
    yield from sheet_lines(file.table.sheet, file.table.other_sheets)
    if unsent:
        yield f"WARNING: no letter could be sent to {listed(unsent)}. Send it again from the page People."
    if not letters and changes.invited and not dry_run:
        yield "No letters were sent: send each again from the page People within seven days."
    yield from _people("Invited:", [f"{_who(row)}: {_roles(row.roles)}" for row in changes.invited])
    others = [
        f"{_who(row)} is {_roles(held)} here; the file says {_roles(row.roles)}"
        for row, held in changes.here
        if held != row.roles
    ]
    yield from _people("Here already, in other roles, and left as they are:", others)
    if file.table.unknown_headings:
        yield f"Columns that are not known, and were not used: {listed(file.table.unknown_headings)}."


def _people(heading: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield heading
    for line in lines[:PROBLEMS_SHOWN]:
        yield f"  {line}."
    if len(lines) > PROBLEMS_SHOWN:
        yield f"  … and {len(lines) - PROBLEMS_SHOWN:,} more."


def _who(row: StaffRow) -> str:
    return f"Row {row.number}, {row.name} ({row.email})"


def _roles(roles: Collection[Role]) -> str:
    return listed(str(role.label) for role in Role if role in roles)
