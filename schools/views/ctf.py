from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from schools.access import SchoolRequest, school_view
from schools.audit import tell
from schools.exports.ctf import file_name, version_on, write_ctf
from schools.forms.ctf import ONE, CtfForm
from schools.models import PupilYear
from schools.permissions import Permission
from schools.queries.ctf import choices, chosen, header_for, of_pupil, pupils_of
from schools.queries.partnerships import schools_beside
from schools.services.ctf_serials import next_serial


@school_view(Permission.SEE_ALL_PUPILS, methods=("GET", "HEAD", "POST"))
def ctf(request: SchoolRequest) -> HttpResponse:
    """Of whom and for which school; by POST the common transfer file itself."""
    access = request.access
    one = _one(request)
    form = CtfForm(
        request.POST if request.method == "POST" else None,
        offered=choices(access),
        schools=[each for each in schools_beside(access.school) if each.pk != access.school.pk],
        one=one.pupil.name if one else "",
        initial={"whom": ONE if one else "left"},
    )
    if form.is_bound and form.is_valid():
        whom = form.cleaned_data["whom"]
        records = [one] if one and whom == ONE else _in_order(chosen(access, whom))
        return _file(request, form, records)
    context = {"form": form, "one": one, "offers_nobody": not form.fields["whom"].choices}  # type: ignore[attr-defined]
    template = "schools/pupils/ctf.html"
    return TemplateResponse(request, template, context, status=422 if form.errors else 200)


def _one(request: SchoolRequest) -> PupilYear | None:
    """The pupil that a link named; none where it names nobody here."""
    try:
        key = uuid.UUID(request.GET.get("pupil", ""))
    except ValueError:
        return None
    found: PupilYear | None = of_pupil(request.access, str(key)).select_related("pupil").first()
    return found


def _in_order(records: object) -> list[PupilYear]:
    named = records.select_related("pupil")  # type: ignore[attr-defined]
    return list(named.order_by("pupil__surname", "pupil__forename", "pupil_id"))


def _file(request: SchoolRequest, form: CtfForm, records: list[PupilYear]) -> HttpResponse:
    access, now = request.access, timezone.localtime()
    header = header_for(
        access.school,
        access.academic_year,
        destination=form.school,
        version=version_on(now.date()),
        made_at=now,
    )
    content = write_ctf(header, pupils_of(access.school, records))
    serial = next_serial(school=access.school, destination=form.number, by=request.user)
    name = file_name(access.school.dfe_number, form.number, serial)
    tell(request, pupils=len(records))
    disposition = str(content_disposition_header(as_attachment=True, filename=name))
    return HttpResponse(content, content_type="application/xml", headers={"Content-Disposition": disposition})
