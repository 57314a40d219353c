"""Results of statutory assessments go with the pupil: the owner's functions that anonymise, erase and sever reach them too.

They are those of the migration before with these lines more. When a pupil is anonymised nothing is counted from the results, so that they go; when a
record is severed they stay, as what the child reached, and lose what could be laid beside an old file.
docs/decisions/0028-what-anonymising-keeps.md says what is kept and why.
"""

# ruff: noqa: S608, SLF001 - put together from names of tables of our own; the helper of the migration before.
from __future__ import annotations

from importlib import import_module

from django.db import migrations

from schools.row_security import OpenEverySchool

_PREVIOUS = import_module("assessment.migrations.0012_moving")
_TABLE = "schools_ctfresultraw"
_OF_PUPIL = "school_id = of_school AND pupil_id = whom"
_GONE = f"DELETE FROM {_TABLE} WHERE {_OF_PUPIL};\n"
_HISTORY_GONE = f"DELETE FROM {_TABLE}event WHERE {_OF_PUPIL};\n"
_NEW_IDS = (
    f"UPDATE {_TABLE} SET public_id = gen_random_uuid(), origin_school_id = NULL, origin_id = NULL"
    f" WHERE {_OF_PUPIL};\n"
)


def _before(anchor: str, lines: str, body: str) -> str:
    """The body with lines before its last mention of the anchor, which has to be there."""
    head, found, tail = body.rpartition(anchor)
    if not found:
        raise ValueError(f"{anchor} does not stand in the function.")
    return f"{head}{lines}{found}{tail}"


def _with_results(signature: str, body: str) -> str:
    name = signature.partition("(")[0]
    if name == "anonymise_pupil":
        return _before("END;", _GONE + _HISTORY_GONE, body)
    if name == "erase_pupil":
        return _before("DELETE FROM schools_pupil WHERE", _GONE + _HISTORY_GONE, body)
    if name == "sever_pupil":
        return _before("DELETE FROM schools_pupilevent WHERE", _NEW_IDS + _HISTORY_GONE, body)
    if name == "names_taken_out":
        return _before(
            ") AS found WHERE", f" UNION ALL SELECT pgh_context FROM {_TABLE}event WHERE {_OF_PUPIL} ", body
        )
    return body


FUNCTIONS = {
    signature: (returns, _with_results(signature, body))
    for signature, (returns, body) in _PREVIOUS.FUNCTIONS.items()
}
_function = import_module("assessment.migrations.0009_characteristics")._function


class Migration(migrations.Migration):
    dependencies = [
        ("assessment", "0012_moving"),
        ("schools", "0023_ctf_results"),
    ]

    operations = [
        OpenEverySchool(),
        *(
            migrations.RunSQL(
                _function(signature, *FUNCTIONS[signature]),
                _function(signature, *_PREVIOUS.FUNCTIONS[signature]),
            )
            for signature in FUNCTIONS
        ),
    ]
