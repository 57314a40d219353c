"""The two doors: into a school, and into a partnership, where several schools are counted and no pupil has a name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from schools.audit import (
    partnership_refusals_recorded,
    record_answer,
    record_partnership_answer,
    refusals_recorded,
)
from schools.bands import spoken
from schools.calendar import AcademicYear
from schools.history import recorded, written
from schools.models import (
    Membership,
    NamesGrant,
    Partnership,
    PartnershipMembership,
    Role,
    School,
    SchoolYear,
    User,
)
from schools.permissions import Permission, permissions_of
from schools.row_security import counting_only, own_memberships, visible_to
from schools.second_step import ask_second_step


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
        .select_related("school__partnership")
        .order_by("school__name", "school_id")
    ):
        held.setdefault(membership.school, set()).add(membership.role)
    return {school: tuple(role for role in Role if role in roles) for school, roles in held.items()}


def _opened_years(school: School) -> tuple[AcademicYear, ...]:
    """The years that the school has opened, the latest first."""
    years = SchoolYear.objects.in_school(school).filter(is_for_copies=False).order_by("-academic_year")
    return tuple(years.values_list("academic_year", flat=True))


@contextmanager
def inside(user: User, school: School, academic_year: AcademicYear) -> Iterator[Access]:
    """The school open for the block, for work that the person asked for earlier: with the roles that they hold now.

    For the worker, which comes through no view. Raises PermissionDenied for somebody who no longer belongs to the school or has no account, and for a
    year that is not open.
    """
    with recorded(user=user.pk), own_memberships(user):
        theirs = roles_by_school(user) if user.is_active else {}
        if school not in theirs:
            raise PermissionDenied
        with visible_to(school, savepoint=False), spoken(school.partnership.band_words):
            opened = _opened_years(school)
            # A school that has opened none yet is in today's, as at the door: its first roll opens one.
            if academic_year not in opened and academic_year != current_academic_year(
                opened, timezone.localdate()
            ):
                raise PermissionDenied
            yield Access(user, school, theirs[school], academic_year, opened, tuple(theirs))


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
                refusals_recorded(request, urn, permission),
                recorded(user=request.user.pk, request=request.id),
                own_memberships(request.user),
            ):
                theirs = roles_by_school(request.user)
                school = next((school for school in theirs if school.urn == urn), None)
                if school is None:
                    raise Http404
                ask_second_step(request.user, theirs)
                # No savepoint: an error leaves both blocks, and the transaction, at once.
                with visible_to(school, savepoint=False), spoken(school.partnership.band_words):
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
                    record_answer(request, school, response)
                    # By which a page that has written can name what is to be taken back.
                    if act := written():
                        response["LEP-Act"] = act
                    return response

        through_the_door.permission = permission  # type: ignore[attr-defined]
        through_the_door.methods = methods  # type: ignore[attr-defined]
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


@dataclass(frozen=True)
class PartnershipAccess:
    """One lead of a partnership in one academic year. What may be done there is to read figures, so there is no permission to ask for."""

    user: User
    partnership: Partnership
    # Its schools by name.
    schools: tuple[School, ...]
    academic_year: AcademicYear
    # Those that any of its schools has opened, the latest first.
    opened_years: tuple[AcademicYear, ...]
    # The partnerships that the person leads, this one among them, by name.
    partnerships: tuple[Partnership, ...]


class PartnershipRequest(HttpRequest):
    """A request that has come through the partnership's door: no school is open, and names cannot be read."""

    user: User
    partnership_access: PartnershipAccess
    htmx: HtmxDetails
    id: str


PartnershipView = Callable[Concatenate[PartnershipRequest, P], HttpResponse]


def partnerships_led(user: User) -> tuple[Partnership, ...]:
    """The partnerships that the person leads, by name."""
    led = PartnershipMembership.objects.filter(user=user, is_active=True).select_related("partnership")
    return tuple(membership.partnership for membership in led.order_by("partnership__name"))


def _led(user: User, wanted: int) -> tuple[Partnership, tuple[Partnership, ...]]:
    """The partnership, and all that the person leads; 404 where it is none of these."""
    led = partnerships_led(user)
    partnership = next((each for each in led if each.pk == wanted), None)
    if partnership is None:
        raise Http404
    ask_second_step(user, (), led)
    return partnership, led


def partnership_view(view: PartnershipView[P]) -> View[P]:
    """A view of a partnership, for who leads it: `request.partnership_access` says who is there.

    The address names the partnership by its `partnership_id` and may name a `year`. Everybody else gets 404, as for a partnership that does
    not exist. The view runs as the role that counts (schools.row_security.counting_only) and opens each school that it counts: were
    it, or its template, to ask for a name, the database would refuse. It only reads.
    """

    @wraps(view)
    def through_the_door(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted, asked_for = kwargs.pop("partnership_id"), kwargs.pop("year", None)
        with partnership_refusals_recorded(request, wanted):
            response = counted(request, wanted, asked_for, *args, **kwargs)
        record_partnership_answer(request, wanted, response)
        return response

    def counted(
        request: Any, wanted: int, asked_for: AcademicYear | None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        partnership, led = _led(request.user, wanted)
        with counting_only(), spoken(partnership.band_words):
            schools = tuple(partnership.schools.order_by("name", "pk"))
            opened = _years_of_any(schools)
            running = current_academic_year(opened, timezone.localdate())
            # The running one too where no school has opened a year yet: the page says so.
            if asked_for not in {None, running, *opened}:
                raise Http404
            year = running if asked_for is None else asked_for
            request.partnership_access = PartnershipAccess(
                request.user, partnership, schools, year, opened, led
            )
            return _finished(view(request, *args, **kwargs))

    through_the_door.is_of_partnership = True  # type: ignore[attr-defined]
    return require_http_methods(("GET", "HEAD"))(cast("View[P]", through_the_door))


def partnership_act(view: PartnershipView[P]) -> View[P]:
    """What a lead of a partnership changes of the partnership itself, by POST: `request.partnership_access` says who is there.

    The address names partnership and year. Everybody else gets 404. No school is open, so that behind the wall there is no row to read or to write: what can
    be changed is what belongs to no one school (TABLES_OUTSIDE_THE_WALL). The history says who.
    """

    @wraps(view)
    def through_the_door(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted, year = kwargs.pop("partnership_id"), kwargs.pop("year")
        with (
            partnership_refusals_recorded(request, wanted),
            recorded(user=request.user.pk, request=request.id),
        ):
            partnership, led = _led(request.user, wanted)
            request.partnership_access = PartnershipAccess(request.user, partnership, (), year, (), led)
            with spoken(partnership.band_words):
                return _finished(view(request, *args, **kwargs))

    through_the_door.is_act_of_partnership = True  # type: ignore[attr-defined]
    through_the_door.is_of_partnership = True  # type: ignore[attr-defined]
    return require_http_methods(("POST",))(cast("View[P]", through_the_door))


@dataclass(frozen=True)
class GrantedAccess(Access):
    """A lead of the partnership at a school that has granted names: sees every pupil behind figures, and may do nothing else."""

    grant: NamesGrant

    def may(self, permission: Permission) -> bool:
        return permission in _BY_GRANT


_BY_GRANT = frozenset(
    {
        Permission.SEE_SCHOOL,
        Permission.SEE_FIGURES,
        Permission.SEE_OWN_CLASSES,
        Permission.SEE_ALL_PUPILS,
    }
)


def open_grants(schools: Sequence[School], today: dt.date) -> QuerySet[NamesGrant]:
    """The grants that hold today, each for the partnership that its school is in; the latest first. The schools have to be open.

    A grant does not go with a school into another partnership.
    """
    found: QuerySet[NamesGrant] = NamesGrant.objects.filter(
        school__in=schools,
        partnership=F("school__partnership"),
        ended_at=None,
        starts_on__lte=today,
        ends_on__gte=today,
    )
    return found.order_by("-pk")


def names_by_grant_view(view: SchoolView[P]) -> View[P]:
    """A view of one school's pupils for a lead of its partnership, while the school grants it (schools.models.NamesGrant).

    The address names partnership, year and school (`urn`). The school is open, as the serving role: `request.access` is a
    GrantedAccess. Without a grant that holds today 404, as for everybody else. The view only reads; it records what was read.
    """

    @wraps(view)
    def through_the_door(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted, urn, year = kwargs.pop("partnership_id"), kwargs.pop("urn"), kwargs.pop("year")
        with refusals_recorded(request, urn):
            return granted(request, wanted, urn, year, *args, **kwargs)

    def granted(
        request: Any, wanted: int, urn: str, year: AcademicYear, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        partnership, _ = _led(request.user, wanted)
        school = partnership.schools.filter(urn=urn).first()
        if school is None:
            raise Http404
        with (
            recorded(user=request.user.pk, request=request.id),
            visible_to(school),
            spoken(partnership.band_words),
        ):
            # Of several the latest: the head's page has its readings at the top.
            grant = open_grants([school], timezone.localdate()).first()
            opened = _opened_years(school)
            if grant is None or year not in opened:
                raise Http404
            request.access = GrantedAccess(request.user, school, (), year, opened, (), grant)
            return _finished(view(request, *args, **kwargs))

    through_the_door.is_of_partnership = True  # type: ignore[attr-defined]
    through_the_door.needs_grant = True  # type: ignore[attr-defined]
    return require_http_methods(("GET", "HEAD"))(cast("View[P]", through_the_door))


def _years_of_any(schools: tuple[School, ...]) -> tuple[AcademicYear, ...]:
    with visible_to(*schools):
        years = SchoolYear.objects.filter(school__in=schools, is_for_copies=False).values_list(
            "academic_year", flat=True
        )
        return tuple(years.distinct().order_by("-academic_year"))
