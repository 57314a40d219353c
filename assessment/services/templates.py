"""Marksheets that a school lays out itself, and which of them somebody keeps at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from assessment.models import FavouriteTemplate, MarksheetTemplate
from assessment.queries.template_columns import Kept, read_columns, wrong_as_a_whole
from assessment.queries.templates import version_of
from schools.calendar import EyfsFramework, YearGroup
from schools.models import School, User
from schools.services.changes import acting


class TemplateRefusedError(ValueError):
    """A marksheet cannot be laid out so; the message says why, in the words of a school. `is_name`: because of its name."""

    def __init__(self, message: str, *, is_name: bool = False) -> None:
        super().__init__(message)
        self.is_name = is_name


class TemplateChangedError(ValueError):
    """Somebody changed the marksheet since it was opened: it is theirs that stands."""


def make_template(
    *,
    school: School,
    name: str,
    year_groups: Sequence[YearGroup],
    columns: Sequence[Kept],
    framework: EyfsFramework,
    by: User | None,
) -> MarksheetTemplate:
    """Lay out a marksheet. Needs the school open.

    Raises TemplateRefusedError for columns that cannot be so in a year of this framework, and for a name that another has, in any case
    of letters.
    """
    row = MarksheetTemplate(school=school)
    _write(row, by=by, **_checked(name, year_groups, columns, framework))
    return row


def change_template(
    *,
    template: MarksheetTemplate,
    name: str,
    year_groups: Sequence[YearGroup],
    columns: Sequence[Kept],
    framework: EyfsFramework,
    saw: str,
    by: User | None,
) -> bool:
    """Lay a marksheet out anew, and say whether that changed anything; refused as in `make_template`.

    `saw` is the version (`version_of`) that was looked at when it was changed. Raises TemplateChangedError where another stands there.
    """
    values = _checked(name, year_groups, columns, framework)
    with transaction.atomic():
        standing = (
            MarksheetTemplate.objects.in_school(template.school).select_for_update().get(pk=template.pk)
        )
        if all(getattr(standing, key) == value for key, value in values.items()):
            return False
        if version_of(standing) != saw:
            raise TemplateChangedError(f"{standing.name} was changed meanwhile.")
        _write(standing, by=by, **values)
    return True


def put_away(*, template: MarksheetTemplate, by: User | None) -> bool:
    """Take a marksheet off everybody's list, and say whether it was there; judgements and its history stay."""
    return _put(template, by=by, is_in_use=False)


def take_up_again(*, template: MarksheetTemplate, by: User | None) -> bool:
    """Put it back on the list, and say whether it was away."""
    return _put(template, by=by, is_in_use=True)


def keep_at_hand(*, school: School, template: str, by: User) -> bool:
    """Make the template with this code a favourite of the person's, and say whether it was none. Needs the school open."""
    with acting(by):
        _, is_new = FavouriteTemplate.objects.get_or_create(school=school, user=by, template=template)
    return is_new


def let_go(*, school: School, template: str, by: User) -> bool:
    """Make it a favourite no longer, and say whether it was one."""
    with acting(by):
        rows = FavouriteTemplate.objects.in_school(school).filter(user=by, template=template)
        return bool(rows.delete()[0])


def _put(template: MarksheetTemplate, *, by: User | None, is_in_use: bool) -> bool:
    if template.is_in_use is is_in_use:
        return False
    _write(template, by=by, is_in_use=is_in_use)
    return True


def _checked(
    name: str, year_groups: Sequence[YearGroup], columns: Sequence[Kept], framework: EyfsFramework
) -> dict[str, Any]:
    name = " ".join(name.split())
    if not name:
        raise TemplateRefusedError("Give the marksheet a name.", is_name=True)
    found = read_columns(columns, framework)
    if found.wrong:
        raise TemplateRefusedError(str(next(iter(found.wrong.values()))))
    wrong = wrong_as_a_whole(found.right)
    if wrong:
        raise TemplateRefusedError(wrong)
    return {
        "name": name,
        "year_groups": sorted(set(year_groups)),
        "columns": [each.kept() for each in found.right],
    }


def _write(template: MarksheetTemplate, *, by: User | None, **values: Any) -> None:
    for key, value in values.items():
        setattr(template, key, value)
    try:
        with acting(by), transaction.atomic():
            # Of one that is there only what is meant: its name and columns may be newer than what was read.
            template.save(update_fields=values.keys() if template.pk else None)
    except IntegrityError as error:
        if "marksheettemplate_once" not in str(error):
            raise
        raise TemplateRefusedError(
            f"There is a marksheet called {template.name} already; it may be put away.", is_name=True
        ) from error
