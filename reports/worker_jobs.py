"""What the worker makes for reports: a door like a view, which asks the same queries of the same scope."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace

from django.utils import timezone
from django.utils.text import slugify

from assessment.queries.progress_signs import signs_of_everybody
from reports.documents.governor_release import pack_to_give_out
from reports.documents.governor_report import GovernorReport
from reports.documents.governor_sections import Section, with_sections
from reports.documents.governor_words import paragraphs
from reports.documents.pupil_progress import pupil_progress
from reports.documents.subjects_shown import subjects_of_record
from reports.exports.excel import to_xlsx_sheets
from reports.exports.governor_report import file_name, tables
from reports.exports.pdf import PupilPages, governor_report_pdf
from reports.exports.whole_school import write_whole_school
from reports.forms.governor_reports import snapshot_of
from reports.forms.pupil_pages import MOST_PUPILS, pupils_of, term_named, too_many
from reports.queries.pupil_progress import pupil_record
from reports.queries.scope import Scope
from schools.job_kinds import JobFailedError, MadeFile, Work
from schools.models import Pupil
from schools.permissions import Permission
from schools.queries.whole_school import one_picture
from schools.services.releases import give_out_later

ZIP = "application/zip"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def make_pack(work: Work) -> MadeFile:
    """The governors' pack with the parts that were chosen."""
    work.tell(0, 1)
    pack, why_not, keep = _pack(work)
    if why_not:
        raise JobFailedError(why_not)
    if pack.is_empty:
        raise JobFailedError("Nothing has been judged in that term, so there is nothing to put into a pack.")
    work.tell(1, 1)
    if work.arguments["format"] == "xlsx":
        return MadeFile(file_name(pack, "xlsx"), XLSX, to_xlsx_sheets(tables(pack)), keep)
    return MadeFile(file_name(pack, "pdf"), PDF, governor_report_pdf(pack), keep)


def _pack(work: Work) -> tuple[GovernorReport, str, Callable[[], None]]:
    """The pack as it would be given out now; why it may not be, to the asker, if so; and what remembers that it was: when there is a file to give out."""
    asked = work.arguments
    with work.inside() as access:
        snapshot = snapshot_of(access, asked["snapshot"]) if asked["snapshot"] else None
        if asked["snapshot"] and snapshot is None:
            raise JobFailedError("The snapshot is not there, or you may not see its figures.")
        scope = Scope(
            schools=(access.school,),
            academic_year=access.academic_year,
            term=term_named(asked["term"]),
            viewer=access,
            snapshot=snapshot,
        )
        is_anew = bool(asked["anew"]) and access.may(Permission.SEE_ALL_PUPILS)
        given, keep = give_out_later(
            lambda: pack_to_give_out(scope, made_on=timezone.localdate(), is_anew=is_anew),
            school=access.school,
            by=access.user,
        )
    chosen = with_sections(given.pack, [Section(each) for each in asked["sections"]])
    return replace(chosen, doing=paragraphs(asked["doing"])), given.not_yet, keep


def make_whole_school(work: Work) -> MadeFile:
    """Everything of the school, as it stands at one moment."""
    with work.inside() as access:
        school, today = access.school, timezone.localdate()
        pupils = Pupil.objects.in_school(school).unmerged().count()
    work.tell(0, pupils)
    with tempfile.TemporaryFile() as file:
        # Not inside(): what is read has to be of one moment, which is asked for before anything is.
        with one_picture(school):
            write_whole_school(school, file, made_at=timezone.now())
        file.seek(0)
        content = file.read()
    # The asker may have lost the right meanwhile.
    with work.inside():
        name = slugify(f"{school.name} everything {today}")
    work.tell(pupils, pupils)
    return MadeFile(f"{name}.zip", ZIP, content)


def make_pupil_pages(work: Work) -> MadeFile:
    """A page for each pupil of a class, a year group or everybody, of those whom the asker may see when it is made."""
    term, today = term_named(work.arguments["term"]), timezone.localdate()
    with work.inside() as access:
        chosen = list(pupils_of(access, work.arguments["whom"]).values_list("pupil__public_id", flat=True))
        # Once for all of them: each is told beside the whole year group.
        signs = signs_of_everybody(access, term)
    if len(chosen) > MOST_PUPILS:
        raise JobFailedError(too_many(len(chosen)))
    pages = PupilPages(school=access.school.name, made_on=today)
    made = 0
    for number, pupil_id in enumerate(chosen):
        work.tell(number, len(chosen))
        # Each in a transaction of its own: a long one would hold up what tidies the database.
        with work.inside() as access:
            record = pupil_record(access, pupil_id, today=today, term=term)
            page = (
                pupil_progress(record, signs.get(pupil_id, ()), subjects_of_record(record, access.school))
                if record
                else None
            )
        if page:
            pages.add(page)
            made += 1
    if not made:
        raise JobFailedError("There is no pupil among those that you chose whom you may see.")
    whole = len(chosen)
    work.tell(whole, whole)
    name = slugify(f"{access.school.name} pupils {term.label} {access.academic_year.slug} made {today}")
    return MadeFile(f"{name}.pdf", PDF, pages.written(lambda: work.tell(whole, whole)))
