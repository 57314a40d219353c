"""A roll as a table to keep."""

from __future__ import annotations

from reports.documents.tables import Table, narrowed
from schools.queries.rolls import Roll, Standing, english

_STANDING = {
    Standing.ON_ROLL: "on roll on",
    Standing.LEFT: "who left by",
    Standing.TO_COME: "still to come on",
}


def roll_table(roll: Roll, of_whom: str, narrowed_to: list[str]) -> Table:
    """The roll as it is shown, with each pupil's characteristics in words: badges are for the eye. Dates as ISO 8601, which sort.

    The legal names beside those that children are called by let the file come in again as it is.
    """
    table = Table(
        title=f"{of_whom} {_STANDING[roll.standing]} {english(roll.counted_on)}",
        headings=(
            "Pupil",
            "Year",
            "Class",
            "Sex",
            "Date of birth",
            "Characteristics",
            "Note",
            "Legal surname",
            "Legal forename",
        ),
        rows=[
            (
                line.name,
                line.year_group,
                line.class_name or None,
                line.sex or None,
                line.date_of_birth.isoformat() if line.date_of_birth else None,
                ", ".join(badge.title for badge in line.badges) or None,
                line.note or None,
                line.surname,
                line.forename,
            )
            for line in roll.lines
        ],
        pupils=len(roll.lines),
    )
    return narrowed(table, narrowed_to)
