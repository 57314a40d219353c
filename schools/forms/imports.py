"""A file that somebody brings, what they say its columns and rows are, and what they confirm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from schools.access import Access
from schools.calendar import FIRST_ACADEMIC_YEAR, LAST_ACADEMIC_YEAR, AcademicYear
from schools.import_kinds import kinds_for
from schools.services.import_runs import Answers

# Larger than the largest school's file by far.
LARGEST = 50 * 1024 * 1024
_YEARS_BACK = 8
_UPDATE = [
    ("all", "Overwrite: what the file says replaces what is held"),
    ("missing", "Complete missing: only what is empty is filled"),
]
LONGEST_REASON = 300


class BringForm(forms.Form):
    """The file, what it holds, and what becomes of what is held already."""

    kind = forms.ChoiceField(label="What is in it", widget=forms.RadioSelect)
    academic_year = forms.TypedChoiceField(
        label="School year",
        coerce=lambda text: AcademicYear(int(text)),
    )
    update = forms.ChoiceField(
        label="Where we hold something already", choices=_UPDATE, initial="all", widget=forms.RadioSelect
    )
    is_whole = forms.BooleanField(
        label="The file holds everybody on roll",
        required=False,
        help_text="Then pupils who are not in it are listed as possible leavers. Nobody leaves unless you tick them.",
    )
    file = forms.FileField(
        label="File",
        widget=forms.FileInput(),
        help_text="CSV or an Excel workbook (.xlsx), as SIMS, Arbor, Bromcom, ScholarPack or Wonde export it; or a common transfer file (.xml).",
        error_messages={"required": "Choose the file.", "empty": "The file is empty. Export it again."},
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = kinds_for(access)
        self._set("kind", [(kind.code, f"{kind.name}. {kind.holds}") for kind in kinds])
        self.fields["kind"].initial = kinds[0].code
        latest = max([*access.opened_years, access.academic_year])
        first, last = max(latest - _YEARS_BACK, FIRST_ACADEMIC_YEAR), min(latest + 1, LAST_ACADEMIC_YEAR)
        years = [AcademicYear(year) for year in range(last, first - 1, -1)]
        self._set("academic_year", [(str(int(year)), year.label) for year in years])
        self.fields["academic_year"].initial = str(int(access.academic_year))
        if named := [kind.name.lower() for kind in kinds if kind.names_year]:
            self.fields[
                "academic_year"
            ].help_text = f"What is chosen here counts for no file of {' or '.join(named)}: it says itself which years it is for."
        self.fields["file"].widget.attrs["accept"] = ",".join(
            dict.fromkeys(ending for kind in kinds for ending in kind.endings.split(","))
        )

    def _set(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type
        field.choices = choices

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size and file.size > LARGEST:
            raise forms.ValidationError(
                f"The file is larger than {LARGEST // 2**20} MB. Is it the right one?"
            )
        return file


def columns_said(
    data: Mapping[str, str],
    shown: Mapping[str, Any],
    fields: Mapping[str, str],
    known: Collection[str],
) -> dict[str, str]:
    """What headings were said to mean, where that is news: something else than what was shown, or that nothing is kept of one that nobody knew.

    `known` are the headings of which the school has said it before. What is no field of the kind counts as not said.
    """
    said = {}
    for number, column in enumerate(shown.get("columns", ())):
        chosen = data.get(f"column-{number}")
        if chosen is None or (chosen and chosen not in fields):
            continue
        is_new = not column["field"] and column["key"] not in known
        if is_new or chosen != (column["field"] if column["field"] in fields else ""):
            said[column["key"]] = chosen
    return said


def same_said(
    data: Mapping[str, str], shown: Mapping[str, Any], before: Mapping[int, int | None]
) -> dict[int, int | None]:
    """Whose the rows in question were said to be, with what was said before."""
    said = dict(before)
    for question in shown.get("questions", ()):
        answer = data.get(f"same-{question['row']}")
        if answer in {"same", "other"}:
            said[question["row"]] = question["pupil"] if answer == "same" else None
    return said


class LookAgainForm(forms.Form):
    """What may be chosen anew beside columns and rows."""

    update = forms.ChoiceField(choices=_UPDATE)
    is_whole = forms.BooleanField(required=False)


class ConfirmForm(forms.Form):
    """Who leaves, on which day, and why what is closed is changed."""

    leaving_on = forms.DateField(
        label="Their last day on roll",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    because = forms.CharField(label="Why", required=False, max_length=LONGEST_REASON)

    def __init__(self, data: Any, *, shown: Mapping[str, Any]) -> None:
        super().__init__(data)
        self._shown = shown
        leavers = shown.get("leavers", ())
        self.are_all_leaving = "all" in data.getlist("leaving")
        ticked = {
            each for each in data.getlist("leaving") if each.isascii() and each.isdigit() and len(each) < 7
        }
        places = {int(each) for each in ticked}
        self.leaving = tuple(
            leaver["pupil"] for place, leaver in enumerate(leavers) if self.are_all_leaving or place in places
        )

    def clean(self) -> None:
        if self.leaving and not self.cleaned_data.get("leaving_on") and "leaving_on" not in self.errors:
            self.add_error("leaving_on", "Say the last day on roll of those who are ticked, or untick them.")
        if self._shown.get("closed") and not self.cleaned_data.get("because", "").strip():
            self.add_error("because", "Say why what is closed for entry is changed.")

    def answers(self, same: Mapping[int, int | None]) -> Answers:
        """What was said, with what had been said of rows before; the form has to be valid."""
        on: dt.date | None = self.cleaned_data["leaving_on"]
        return Answers(
            same=same,
            leaving=self.leaving,
            leaving_on=on if self.leaving else None,
            because=self.cleaned_data["because"].strip(),
        )
