"""How each page's time grows from 1 school to many: the same pages in two databases of one server, by turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from bench.classes import Cell, Staff, cells, freshly_counted, staffed
from bench.large_world import PARTNERSHIP, SCHOOLS, large_world
from bench.measure import Measure, Run, against
from bench.world import Site, Visitor, sign_in
from lep_tracker.database_roles import as_owner
from schools.models import School

FEWER_SCHOOLS = 20
LIMIT = 1.3
TURNS = 30
_DATABASE = "lep_tracker_one_school"


@dataclass(frozen=True)
class _Place:
    """A database with a school in it that people work at."""

    connection: BaseDatabaseWrapper
    schools: int
    staff: Staff
    teacher: Visitor
    head: Visitor
    cell: Cell


def measures(application: Any, *, large: bool) -> list[Measure]:
    """A measure a page, named by how many schools there are: all 400 with `large` or where they were made before, else 20."""
    many = _place(_own(settings.DATABASES["default"]["NAME"]), SCHOOLS if large else FEWER_SCHOOLS)
    one = _place(_own(_made()), 1)
    # Both take its place by turns: it is put back for what is measured after.
    with _connected(connections["default"]):
        return [
            against(
                f"growth_{many.schools}_schools_{page}",
                _in(many, action(application, many)),
                _in(one, action(application, one)),
                limit=LIMIT,
                turns=TURNS,
                warm_up=5,
            )
            for page, action in _PAGES.items()
        ]


Action = Callable[[Any, _Place], Run]


def _by_head(rest: str) -> Action:
    return lambda application, place: Site(application, place.head).page(place.staff.address(rest))


def _marksheet(application: Any, place: _Place) -> Run:
    return Site(application, place.teacher).page(place.staff.marksheet)


def _save(application: Any, place: _Place) -> Run:
    return lambda: place.cell.save(Site(application, place.teacher).post)


_PAGES: Mapping[str, Action] = {
    "marksheet": _marksheet,
    "save_cell": _save,
    "marksheets": _by_head("marksheets/"),
    "dashboard": _by_head("dashboard/"),
    "year_group": _by_head("dashboard/year-groups/3/"),
    "home": _by_head(""),
    "roll": _by_head("pupils/"),
}


def _in(place: _Place, run: Run) -> Run:
    def there() -> object:
        connections["default"] = place.connection
        return run()

    return there


@contextmanager
def _connected(to: BaseDatabaseWrapper) -> Iterator[None]:
    """Let the site use this connection for the block."""
    before = connections["default"]
    connections["default"] = to
    try:
        yield
    finally:
        connections["default"] = before


def _own(name: str) -> BaseDatabaseWrapper:
    """A connection of its own to a database of the server."""
    own: BaseDatabaseWrapper = ConnectionHandler({"default": {**connection.settings_dict, "NAME": name}})[
        "default"
    ]
    return own


def _made() -> str:
    """The database for the one school, empty if it was not there."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_DATABASE])
        if not cursor.fetchone():
            cursor.execute(
                f"CREATE DATABASE {_DATABASE} TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
            )
    with _connected(_own(_DATABASE)):
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(
                "CREATE EXTENSION IF NOT EXISTS btree_gist; CREATE EXTENSION IF NOT EXISTS unaccent"
            )
        call_command("migrate", verbosity=0)
    return _DATABASE


def _place(to: BaseDatabaseWrapper, schools: int) -> _Place:
    with _connected(to):
        school = large_world(schools=schools)[-1]
        staff = staffed(school)
        freshly_counted()
        return _Place(
            connection=to,
            schools=School.objects.filter(partnership__name=PARTNERSHIP).count(),
            staff=staff,
            teacher=sign_in(staff.teacher),
            head=sign_in(staff.head),
            cell=cells(staff)[0],
        )
