"""Which areas a lead chooses, as they stand in an address and in a form: `2021-reading=E09`, empty for none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from assessment.engine.subjects import BY_NUMBER, EYFS_AREAS, SUBJECTS, Subject
from assessment.queries.baseline_sources import From
from schools.calendar import EyfsFramework

_AREAS = {area.code: area for areas in EYFS_AREAS.values() for area in areas}


def key_of(of: From) -> str:
    """`2021-reading`."""
    return f"{of.framework.value}-{BY_NUMBER[of.subject].code}"


class SourcesForm(forms.Form):
    """A choice for each framework and subject; those that are not sent stay as they are."""

    def __init__(self, data: Mapping[str, Any] | None, *, now: Mapping[From, Subject | None]) -> None:
        stays = {key_of(of): area.code if area else "" for of, area in now.items()}
        super().__init__(data if data is None else stays | dict(data.items()))
        self._now = now
        for of, area in now.items():
            choices = [("", "nothing: typed by hand")]
            choices += [(each.code, f"{each.code} {each.name}") for each in EYFS_AREAS[of.framework]]
            self.fields[key_of(of)] = forms.ChoiceField(
                label=BY_NUMBER[of.subject].name,
                required=False,
                choices=choices,
                initial=area.code if area else "",
            )

    @property
    def chosen(self) -> dict[From, Subject | None]:
        """All choices as they would be; the form has to be valid."""
        return {of: _AREAS.get(self.cleaned_data[key_of(of)]) for of in self._now}

    @property
    def changed(self) -> dict[From, Subject | None]:
        """Those that would be others than they are; the form has to be valid."""
        return {of: area for of, area in self.chosen.items() if area != self._now[of]}

    @property
    def frameworks(self) -> list[tuple[EyfsFramework, list[Any]]]:
        """The fields, framework by framework, the newest first."""
        return [
            (framework, [self[key_of(From(framework, subject.number))] for subject in SUBJECTS])
            for framework in sorted(EyfsFramework, reverse=True)
        ]
