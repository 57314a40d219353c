"""What reports asks the worker for; registered when the app is ready."""

from __future__ import annotations

from schools.job_kinds import JobKind
from schools.permissions import Permission

PACK = JobKind(
    code="governors-pack",
    name="Governors’ pack",
    permission=Permission.MAKE_PACK,
    page="governors_pack",
    maker="reports.worker_jobs.make_pack",
)
WHOLE_SCHOOL = JobKind(
    code="whole-school",
    name="Everything of the school",
    permission=Permission.TAKE_EVERYTHING,
    page="everything_out",
    maker="reports.worker_jobs.make_whole_school",
    is_of_pupils=True,
)
PUPIL_PAGES = JobKind(
    code="pupil-pages",
    name="Pupils’ pages",
    permission=Permission.SEE_OWN_CLASSES,
    page="pupil_pages",
    maker="reports.worker_jobs.make_pupil_pages",
    is_of_pupils=True,
)
