"""The one door into a school: who asks, may they, and only then is the school open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from schools.calendar import AcademicYear
from schools.history import recorded, written
from schools.models import Membership, Role, School, SchoolYear, User
from schools.permissions import Permission, permissions_of
from schools.row_security import own_memberships, visible_to


@dataclass(frozen=True)
class Access:
    """One person at one school in one academic year, and what they may do there."""

    user: User
    school: School
    roles: tuple[Role, ...]
    academic_year: AcademicYear
    opened_years: tuple[AcademicYear, ...]
    # The person's schools, this one among them, by name.
    schools: tuple[School, ...]

    def may(self, permission: Permission) -> bool:
        return permission in permissions_of(self.roles)

    @property
    def role_names(self) -> list[str]:
        return [str(role.label) for role in self.roles]


class SchoolRequest(HttpRequest):
    """A request that has come through the door: somebody signed in, at a school that is open."""

    user: User
    access: Access
    htmx: HtmxDetails
    id: str


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
SchoolView = Callable[Concatenate[SchoolRequest, P], HttpResponse]


def current_academic_year(opened: tuple[AcademicYear, ...], today: dt.date) -> AcademicYear:
    """The opened year that today falls in, else the latest opened before it, else the first opened, else today's."""
    this_year = AcademicYear.containing(today)
    return max((year for year in opened if year <= this_year), default=min(opened, default=this_year))


def roles_by_school(user: User) -> dict[School, tuple[Role, ...]]:
    """The person's schools by name, and what they are there; needs own_memberships(user)."""
    held: dict[School, set[str]] = {}
    for membership in (
        Membership.objects.filter(user=user, is_active=True)
        .select_related("school")
        .order_by("school__name", "school_id")
    ):
        held.setdefault(membership.school, set()).add(membership.role)
    return {school: tuple(role for role in Role if role in roles) for school, roles in held.items()}


def _opened_years(school: School) -> tuple[AcademicYear, ...]:
    """The years that the school has opened, the latest first."""
    years = SchoolYear.objects.in_school(school).order_by("-academic_year")
    return tuple(years.values_list("academic_year", flat=True))


def school_view(
    permission: Permission, *, methods: tuple[str, ...] = ("GET", "HEAD")
) -> Callable[[SchoolView[P]], View[P]]:
    """A view inside a school: `request.access` says who is there.

    The address names the school by its `urn` and may name a `year`; both are taken from the view's arguments.
    Outsiders get 404, as for a school that does not exist; members without the permission 403. The answer is
    finished before the school closes: templates are rendered, and an answer that streams is refused.
    """

    def decorate(view: SchoolView[P]) -> View[P]:
        @wraps(view)
        def through_the_door(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            urn, asked_for = kwargs.pop("urn"), kwargs.pop("year", None)
            with (
                recorded(user=request.user.pk, request=request.id),
                own_memberships(request.user),
            ):
                theirs = roles_by_school(request.user)
                school = next((school for school in theirs if school.urn == urn), None)
                if school is None:
                    raise Http404
                # No savepoint: an error leaves both blocks, and the transaction, at once.
                with visible_to(school, savepoint=False):
                    opened = _opened_years(school)
                    today = current_academic_year(opened, timezone.localdate())
                    year = asked_for if asked_for in opened else today
                    # Before anything is refused: the page that says so keeps the school in sight.
                    request.access = Access(request.user, school, theirs[school], year, opened, tuple(theirs))
                    if permission not in permissions_of(theirs[school]):
                        raise PermissionDenied
                    if asked_for not in {None, year}:
                        raise Http404
                    response = _finished(view(request, *args, **kwargs))
                    # By which a page that has written can name what is to be taken back.
                    if act := written():
                        response["LEP-Act"] = act
                    return response

        through_the_door.permission = permission  # type: ignore[attr-defined]
        return require_http_methods(methods)(cast("View[P]", through_the_door))

    return decorate


def _finished(response: HttpResponseBase) -> HttpResponse:
    if not isinstance(response, HttpResponse):
        raise TypeError(
            "A view inside a school returns finished bytes: a stream would run after the school is closed."
        )
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    return response
