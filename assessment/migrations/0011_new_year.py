"""What was planned for a pupil's new year, and ticked of it in September, goes when the pupil is anonymised, erased or severed: nothing is counted from it.

In the helper that each of the three functions of 0009 and 0010 calls first. None of these rows is written by a change-set, so that no reason names the pupil for them.
"""

# ruff: noqa: S608 - put together from the names of tables below, and nothing else.
from __future__ import annotations

from importlib import import_module

from django.db import migrations

from schools.row_security import OpenEverySchool

_TABLES = ("schools_rolloverpupil", "schools_septembertick")

_BEFORE = import_module("assessment.migrations.0010_own_expectations")
_SIGNATURE = "removal_begun(removal bigint, whom bigint, what text)"
_RETURNS, _BODY = _BEFORE.FUNCTIONS[_SIGNATURE]
_function = import_module("assessment.migrations.0009_characteristics")._function  # noqa: SLF001 - how a function of these is written

_GONE = "".join(
    f"DELETE FROM {table}{of} WHERE school_id = of_school AND pupil_id = whom;\n    "
    for table in _TABLES
    for of in ("", "event")
)
# The row's own deletion is an event too: those go last.
_WITH_PLANS = _BODY.replace("RETURN of_school;", f"{_GONE}RETURN of_school;")
FUNCTIONS = {**_BEFORE.FUNCTIONS, _SIGNATURE: (_RETURNS, _WITH_PLANS)}


class Migration(migrations.Migration):
    dependencies = [
        ("assessment", "0010_own_expectations"),
        ("schools", "0021_roll_over"),
    ]

    operations = [
        OpenEverySchool(),
        migrations.RunSQL(
            _function(_SIGNATURE, _RETURNS, _WITH_PLANS),
            _function(_SIGNATURE, _RETURNS, _BODY),
        ),
    ]
