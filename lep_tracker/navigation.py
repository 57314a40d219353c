"""What the frame of every page shows: where one is, where one may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from lep_tracker.help import help_for
from reports.forms.progress_choices import since_of, with_one_measure
from schools.access import Access, GrantedAccess, PartnershipAccess
from schools.calendar import AcademicYear
from schools.permissions import Permission
from schools.queries.privacy import contact_of


@dataclass(frozen=True)
class Link:
    """One entry of a menu."""

    label: str
    url: str
    is_current: bool


# At most six words, by what one may do: label, address, permission, the addresses it stands for.
_Word = tuple[str, str, Permission, set[str]]
MENU: tuple[_Word, ...] = (
    (
        "Home",
        "school_home",
        Permission.SEE_SCHOOL,
        {
            "school_home",
            "terms",
            "workload",
            "eyfs_framework",
            "school_settings",
            "school_subjects",
            "term_dates",
            "next_year",
            "everything_out",
            "plan_new_year",
            "plan_class",
            "plan_without_class",
            "preview_new_year",
        },
    ),
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
            "baselines",
            "accept_baselines",
            "missing_baselines",
        },
    ),
    (
        "Dashboard",
        "dashboard",
        Permission.SEE_FIGURES,
        {
            "dashboard",
            "group_report",
            "figure_pupils",
            "year_group_report",
            "progress_pictures",
            "progress_picture_pupils",
            "cohort",
            "cohort_figure",
            "same_age",
            "conversations",
            "governors_pack",
            "review_list",
            "school_beside_partnership",
            "sign_decision",
            "snapshots",
            "snapshot",
            "take_snapshot",
        },
    ),
    (
        "Pupils",
        "roll",
        Permission.SEE_OWN_CLASSES,
        {
            "roll",
            "pupil",
            "pupil_progress",
            "own_steps",
            "pupil_for_parents",
            "correct_pupil",
            "characteristics",
            "new_period",
            "period",
            "yearly_value",
            "ctf",
            "duplicates",
            "duplicate_pair",
            "remove_pupil",
            "retention",
            "imports",
            "import_run",
            "new_pupils",
            "moving",
            "new_offer",
            "offer",
            "bring_in_history",
        },
    ),
    (
        "Classes",
        "class_list",
        Permission.SEE_OWN_CLASSES,
        {"class_list", "class_roll", "september", "september_class", "september_without_class"},
    ),
    ("People", "people", Permission.SEE_STAFF, {"people", "person", "new_invitation", "invitation", "audit"}),
)

# Whose work is with files alone, the office, has this word in the place of Pupils.
_FILES: _Word = ("Import", "imports", Permission.IMPORT_FILES, {"imports", "import_run"})

# Of a partnership, for who leads it.
PARTNERSHIP_MENU = (
    ("Schools", "partnership"),
    ("Transitions", "partnership_transitions"),
    ("Baselines", "baseline_sources"),
    ("Expectations", "expectations"),
)
# Pages that belong to a word of it.
_PARTNERSHIP_PARTS = {
    "partnership_schools": "partnership",
    "choose_baseline_sources": "baseline_sources",
    "save_expectations": "expectations",
    "allow_own_steps": "expectations",
    "words_for_bands": "expectations",
    "save_words_for_bands": "expectations",
}

_STAYS = {
    "school_home",
    "marksheets",
    "completion_board",
    "baselines",
    "missing_baselines",
    "dashboard",
    "group_report",
    "conversations",
    "governors_pack",
    "school_beside_partnership",
    "review_list",
    "snapshots",
    "roll",
    "imports",
    "class_list",
    "people",
    "audit",
    "terms",
    "eyfs_framework",
    "retention",
    "duplicates",
    "school_settings",
    "school_subjects",
    "term_dates",
    "everything_out",
    "plan_new_year",
    "september",
}


# Of a year group, which the other year has too.
_STAYS_OF_A_YEAR_GROUP = {"figure_pupils", "year_group_report", "progress_pictures", "cohort", "same_age"}
# Lists behind one number of a page: in another year the page itself is there.
_PARTS = {"cohort_figure": "cohort", "progress_picture_pupils": "progress_pictures", "snapshot": "snapshots"}
_GROUPS = ("group", "crossed_with", "first", "second")
_SAID_ANYWHERE = (
    *("term", "measure", "phase", *_GROUPS, "view", "year_group", "subject", "part", "by", "show"),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the menus of the frame, outside a school nothing but the name; and everywhere where help for the page is, and whom to turn to about data protection."""
    frame = _menus(request)
    area = next((link.label for link in frame.get("navigation", ()) if link.is_current), None)
    at = request.resolver_match.url_name if request.resolver_match else None
    access: Access | None = getattr(request, "access", None)
    contact = contact_of(access.school if access else None)
    return {**frame, "help_url": help_for(at, area), "contact": contact}


def _menus(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    person_name = user.name if user is not None and user.is_authenticated else ""
    access: Access | None = getattr(request, "access", None)
    led: PartnershipAccess | None = getattr(request, "partnership_access", None)
    if isinstance(access, GrantedAccess):
        # A list that a school opened to a lead of its partnership: none of the school's pages are theirs.
        return {"access": None, "person_name": person_name}
    if access is None and led is not None:
        return {"access": None, "person_name": person_name, **_of_partnership(request, led)}
    if access is None:
        return {"access": None, "person_name": person_name}
    at = request.resolver_match.url_name if request.resolver_match else None
    urn, year = access.school.urn, access.academic_year
    return {
        "access": access,
        "person_name": person_name,
        "navigation": [
            Link(label, reverse(name, args=[urn, year]), at in stands_for)
            for label, name, permission, stands_for in _words(access)
        ],
        "year_links": [
            Link(opened.label, _in_year(request, at, urn, opened), opened == year)
            for opened in access.opened_years
        ],
        "school_links": [
            Link(school.name, reverse("school_now", args=[school.urn]), school == access.school)
            for school in access.schools
        ],
    }


def _words(access: Access) -> list[_Word]:
    """The words of the menu for what this person may do."""
    meets_pupils = access.may(Permission.SEE_OWN_CLASSES)
    words = MENU if meets_pupils else [_FILES if word[0] == "Pupils" else word for word in MENU]
    return [word for word in words if access.may(word[2])]


def _in_year(request: HttpRequest, at: str | None, urn: str, year: AcademicYear) -> str:
    """The page in another year, with what of its choices means the same there: a class, a group of the school's own or a snapshot is of one year.

    A pupil or a class of one year has no counterpart in another: the year's home does.
    """
    at = _PARTS.get(at or "", at)
    if at in _STAYS:
        there = reverse(at, args=[urn, year])
    elif at in _STAYS_OF_A_YEAR_GROUP and request.resolver_match:
        there = reverse(at, kwargs={**request.resolver_match.kwargs, "year": year})
    else:
        return reverse("school_home", args=[urn, year])
    asked = with_one_measure(request.GET.dict())
    named = [name for name in _SAID_ANYWHERE if asked.get(name)]
    said = {name: asked[name] for name in named if _is_there(name, asked[name], year)}
    return f"{there}?{urlencode(said)}" if said else there


def _is_there(name: str, value: str, year: AcademicYear) -> bool:
    """Whether a choice can mean the same in the year: no group of a school's own making, and no start at the end of it or later."""
    if name in _GROUPS:
        return not value.startswith(("own-", "not-own-"))
    since = since_of(value) if name == "measure" else None
    return since is None or since < AssessmentPoint(year, AssessmentTerm.SUMMER)


def _of_partnership(request: HttpRequest, led: PartnershipAccess) -> dict[str, Any]:
    at = request.resolver_match.url_name if request.resolver_match else ""
    stays = next((name for _, name in PARTNERSHIP_MENU if name == at), "partnership")
    return {
        "led": led,
        "navigation": [
            Link(
                label,
                reverse(name, args=[led.partnership.pk, led.academic_year]),
                name == _PARTNERSHIP_PARTS.get(at or "", at),
            )
            for label, name in PARTNERSHIP_MENU
        ],
        "year_links": [
            Link(opened.label, reverse(stays, args=[led.partnership.pk, opened]), opened == led.academic_year)
            for opened in led.opened_years
        ],
        "partnership_links": [
            Link(each.name, reverse("partnership_now", args=[each.pk]), each == led.partnership)
            for each in led.partnerships
        ],
    }
