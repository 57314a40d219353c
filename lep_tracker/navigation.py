"""What the frame of every page shows: where one is, where one may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from schools.access import Access
from schools.permissions import Permission


@dataclass(frozen=True)
class Link:
    """One entry of a menu."""

    label: str
    url: str
    is_current: bool


# At most six words, by what one may do: label, address, permission, the addresses it stands for.
MENU = (
    ("Home", "school_home", Permission.SEE_SCHOOL, {"school_home", "terms", "workload"}),
    (
        "Marksheets",
        "marksheets",
        Permission.SEE_OWN_CLASSES,
        {
            "marksheets",
            "class_marksheet",
            "year_group_marksheet",
            "group_marksheet",
            "layouts",
            "new_layout",
            "layout",
            "completion_board",
            "completion_board_cell",
        },
    ),
    (
        "Dashboard",
        "dashboard",
        Permission.SEE_FIGURES,
        {
            "dashboard",
            "figure_pupils",
            "year_group_report",
            "progress_pictures",
            "progress_picture_pupils",
            "conversations",
            "governors_pack",
            "review_list",
            "sign_decision",
        },
    ),
    (
        "Pupils",
        "roll",
        Permission.SEE_OWN_CLASSES,
        {"roll", "pupil", "pupil_progress", "pupil_for_parents"},
    ),
    ("Classes", "class_list", Permission.SEE_OWN_CLASSES, {"class_list", "class_roll"}),
    ("People", "people", Permission.SEE_STAFF, {"people"}),
)

_STAYS = {
    "school_home",
    "marksheets",
    "completion_board",
    "dashboard",
    "conversations",
    "governors_pack",
    "review_list",
    "roll",
    "class_list",
    "people",
    "terms",
}


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the menus of the frame; nothing but the name outside a school."""
    user = getattr(request, "user", None)
    person_name = user.name if user is not None and user.is_authenticated else ""
    access: Access | None = getattr(request, "access", None)
    if access is None:
        return {"access": None, "person_name": person_name}
    at = request.resolver_match.url_name if request.resolver_match else None
    urn, year = access.school.urn, access.academic_year
    # A pupil or a class of one year has no counterpart in another: the year's home does.
    stays = at if at in _STAYS else "school_home"
    return {
        "access": access,
        "person_name": person_name,
        "navigation": [
            Link(label, reverse(name, args=[urn, year]), at in stands_for)
            for label, name, permission, stands_for in MENU
            if access.may(permission)
        ],
        "year_links": [
            Link(opened.label, reverse(stays, args=[urn, opened]), opened == year)
            for opened in access.opened_years
        ],
        "school_links": [
            Link(school.name, reverse("school_now", args=[school.urn]), school == access.school)
            for school in access.schools
        ],
    }
