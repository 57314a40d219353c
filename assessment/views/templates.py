from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.forms.templates import (
    ColumnForm,
    FavouriteForm,
    TemplateForm,
    UseForm,
    columns_sent,
    moved,
    with_another,
    without,
)
from assessment.models import MarksheetTemplate
from assessment.queries.column_kinds import KINDS
from assessment.queries.layouts import Layout
from assessment.queries.subjects import framework_of
from assessment.queries.template_columns import lay_out, read_columns, wrong_as_a_whole
from assessment.queries.templates import (
    SHIPPED,
    Newer,
    newer_than,
    own_templates,
    template_called,
    version_of,
)
from assessment.services.templates import (
    TemplateChangedError,
    TemplateRefusedError,
    change_template,
    keep_at_hand,
    let_go,
    make_template,
    put_away,
    take_up_again,
)
from schools.access import SchoolRequest, school_view
from schools.calendar import YearGroup
from schools.permissions import Permission
from schools.queries.terms import reporting_term

Columns = list[dict[str, Any]]
_STARTS_WITH: Columns = [
    {"key": "c1", "kind": "judgement", "subject": "reading", "term": "now", "year": "this", "typed": "yes"}
]


@school_view(Permission.LAY_OUT_MARKSHEETS)
def layouts(request: SchoolRequest) -> HttpResponse:
    """The marksheets that the school laid out itself, those put away, and the shipped ones, to copy."""
    own = own_templates(request.access.school)
    context = {
        "in_use": [each for each in own if each.is_in_use],
        "away": [each for each in own if not each.is_in_use],
        "shipped": SHIPPED.values(),
    }
    return TemplateResponse(request, "assessment/templates/layouts.html", context)


@school_view(Permission.LAY_OUT_MARKSHEETS, methods=("GET", "HEAD", "POST"))
def new_layout(request: SchoolRequest) -> HttpResponse:
    """A new one, empty or as a copy of another."""
    copied = template_called(request.access.school, request.GET.get("copy", ""))
    columns = [dict(each) for each in copied.columns] if copied else _STARTS_WITH
    name = f"{copied.name} (copy)"[:60] if copied else ""
    return _edited(request, None, name, copied.year_groups if copied else (), columns)


@school_view(Permission.LAY_OUT_MARKSHEETS, methods=("GET", "HEAD", "POST"))
def layout(request: SchoolRequest, template_id: uuid.UUID) -> HttpResponse:
    """One of the school's own, to be laid out anew."""
    template = _own(request, template_id)
    year_groups = [YearGroup(each) for each in template.year_groups]
    return _edited(request, template, template.name, year_groups, template.columns)


@school_view(Permission.LAY_OUT_MARKSHEETS, methods=("POST",))
def use_layout(request: SchoolRequest, template_id: uuid.UUID) -> HttpResponse:
    """Put one away, or take it up again."""
    template = _own(request, template_id)
    form = UseForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    if form.cleaned_data["use"]:
        take_up_again(template=template, by=request.access.user)
        messages.success(request, f"{template.name} is in use again.")
    else:
        put_away(template=template, by=request.access.user)
        messages.success(request, f"{template.name} is put away. Its judgements stay where they are.")
    return _to_layouts(request)


@school_view(Permission.SEE_OWN_CLASSES, methods=("POST",))
def favourite_layout(request: SchoolRequest) -> HttpResponse:
    """Keep a marksheet at hand, or no longer."""
    form = FavouriteForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    school, code = request.access.school, form.cleaned_data["template"]
    if form.cleaned_data["keep"] and template_called(school, code) is None:
        raise Http404
    act = keep_at_hand if form.cleaned_data["keep"] else let_go
    act(school=school, template=code, by=request.access.user)
    back = request.POST.get("back", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("marksheets", school.urn, request.access.academic_year)


def _own(request: SchoolRequest, template_id: uuid.UUID) -> MarksheetTemplate:
    rows = MarksheetTemplate.objects.in_school(request.access.school)
    template: MarksheetTemplate = get_object_or_404(rows, public_id=template_id)
    return template


def _to_layouts(request: SchoolRequest) -> HttpResponse:
    return redirect("layouts", request.access.school.urn, request.access.academic_year)


@dataclass
class Editor:
    """The page on which a marksheet is laid out, as it stands. `said`: what was just done; `focus`: where the keyboard goes on.

    `saw`: which version of the marksheet it was opened with, or is to be saved over; `newer`: what stands in its place, if anything.
    """

    form: TemplateForm
    columns: Columns
    saw: str = ""
    newer: Newer | None = None
    said: str = ""
    focus: str = ""
    is_judged: bool = False
    wrong: list[str] = field(default_factory=list)

    def act(self, name: str, kind: str) -> None:
        """Do what a button says: `add`, `up-c2`, `down-c2`, `remove-c2`; anything else shows the page as it stands."""
        verb, _, key = name.partition("-")
        places = [column["key"] for column in self.columns]
        if verb == "add" and kind in KINDS:
            self.columns = with_another(self.columns, KINDS[kind])
            self.said = f"Column {len(self.columns)} added: {KINDS[kind].name}."
            first = next((setting.key for setting in KINDS[kind].settings), "title")
            self.focus = f"{self.columns[-1]['key']}-{first}"
        elif key not in places:
            return
        elif verb in {"up", "down"}:
            self.columns = moved(self.columns, key, {"up": -1, "down": 1}[verb])
            now = [column["key"] for column in self.columns].index(key)
            self.said = f"It is column {now + 1} of {len(places)} now."
            self.focus = f"{verb}-{key}"
        elif verb == "remove":
            place = places.index(key)
            self.columns = without(self.columns, key)
            self.said = f"Column {place + 1} removed."
            left = self.columns[min(place, len(self.columns) - 1)]["key"] if self.columns else ""
            self.focus = f"remove-{left}" if left else "add"


def _edited(
    request: SchoolRequest,
    template: MarksheetTemplate | None,
    name: str,
    year_groups: Sequence[YearGroup],
    columns: Columns,
) -> HttpResponse:
    """The page as it stands: by GET as it is kept, by POST as it was sent, with what its button asks for."""
    school = request.access.school
    of_school = [each for each in YearGroup if school.lowest_year_group <= each <= school.highest_year_group]
    if request.method != "POST":
        codes = [each.code for each in year_groups]
        form = TemplateForm(initial={"name": name, "year_groups": codes}, year_groups=of_school)
        return _shown(request, template, Editor(form, columns, version_of(template) if template else ""))
    sent, act = request.POST, request.POST.get("act", "")
    form = TemplateForm(sent, year_groups=of_school)
    editor = Editor(form, columns_sent(sent), sent.get("over") or sent.get("saw", ""))
    editor.is_judged = act == "save" or "over" in sent
    if editor.is_judged:
        if _saved(request, template, editor):
            return _to_layouts(request)
    else:
        editor.act(act, sent.get("add", ""))
        # Nothing is said of a name that is still to be typed.
        editor.form.errors.clear()
    editor.newer = newer_than(template, editor.saw) if template else None
    refused = 409 if editor.newer else 422
    return _shown(request, template, editor, refused if editor.is_judged else 200)


def _saved(request: SchoolRequest, template: MarksheetTemplate | None, editor: Editor) -> bool:
    framework = framework_of(request.access)
    if not editor.form.is_valid() or read_columns(editor.columns, framework).wrong:
        return False
    values: dict[str, Any] = {
        **editor.form.cleaned_data,
        "columns": editor.columns,
        "framework": framework,
        "by": request.access.user,
    }
    try:
        if template is None:
            make_template(school=request.access.school, **values)
        else:
            change_template(template=template, saw=editor.saw, **values)
    except TemplateRefusedError as refusal:
        if refusal.is_name:
            editor.form.add_error("name", str(refusal))
        return False
    except TemplateChangedError:
        return False
    messages.success(request, f"{values['name']} is saved.")
    return True


def _shown(
    request: SchoolRequest, template: MarksheetTemplate | None, editor: Editor, status: int = 200
) -> HttpResponse:
    access = request.access
    framework = framework_of(access)
    found = read_columns(editor.columns, framework)
    forms = []
    for column in editor.columns:
        kind = KINDS.get(str(column.get("kind")))
        if kind is None:
            continue
        around = replace(
            found.around(framework, but=str(column["key"])),
            not_offered=frozenset(access.school.subjects_not_judged) - {column.get("subject")},
        )
        form = ColumnForm(column, kind, around, editor.focus)
        error = found.wrong.get(str(column["key"]))
        if error and editor.is_judged:
            form.blame(error.setting, str(error))
        forms.append(form)
    at = AssessmentPoint(
        access.academic_year, AssessmentTerm(reporting_term(access, timezone.localdate()).value)
    )
    preview: Layout | None = lay_out("preview", "Preview", found.right, at)
    context = {
        "template": template,
        "editor": editor,
        "forms": forms,
        "kinds": KINDS.values(),
        "preview": preview,
        "term": at.term,
        "wrong": wrong_as_a_whole(found.right) if editor.is_judged and not found.wrong else "",
        "here": request.get_full_path(),
        "all": reverse("layouts", args=[access.school.urn, access.academic_year]),
    }
    name = "_editor" if request.htmx else "editor"
    return TemplateResponse(request, f"assessment/templates/{name}.html", context, status=status)
