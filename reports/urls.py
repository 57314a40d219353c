"""Addresses below a school and a year: /schools/<urn>/<year>/..."""

from __future__ import annotations

from django.urls import URLPattern, path

from assessment.urls import MARKSHEETS_OF
from reports.exports.subject_access import SUBJECT_ACCESS_FORMATS
from reports.views import (
    audit,
    classes,
    cohorts,
    conversations,
    dashboard,
    early_years,
    figure_pupils,
    good_level,
    governor_reports,
    groups,
    history,
    imports,
    judgements,
    marksheets,
    own_steps,
    partnership,
    people,
    progress_pictures,
    progress_signs,
    pupil_pages,
    pupil_progress,
    rolls,
    school_settings,
    snapshots,
    subject_access,
    whole_school,
    year_groups,
)

_A_YEAR_GROUP = "dashboard/year-groups/<year_group:year_group>"
_A_SUBJECT = f"{_A_YEAR_GROUP}/<slug:subject>"
_A_COHORT = "dashboard/cohorts/<year_group:year_group>/<slug:subject>"
_AN_AGE = "dashboard/same-age/<year_group:year_group>/<slug:subject>"

urlpatterns: list[URLPattern] = [
    path("settings/", school_settings.school_settings, name="school_settings"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    *(
        path(
            f"dashboard/{table}.<table_format:file_format>",
            dashboard.dashboard_file,
            {"table": table},
            name=f"dashboard_{table}_file",
        )
        for table in dashboard.TABLES
    ),
    path("dashboard/pupils/", figure_pupils.figure_pupils, name="figure_pupils"),
    path(
        "dashboard/pupils.<table_format:file_format>",
        figure_pupils.figure_pupils_file,
        name="figure_pupils_file",
    ),
    path("dashboard/early-years/", early_years.early_years, name="early_years"),
    *(
        path(
            f"dashboard/early-years/{table}.<table_format:file_format>",
            early_years.early_years_file,
            {"table": table},
            name=f"early_years_{table}_file",
        )
        for table in early_years.TABLES
    ),
    path("dashboard/early-years/children/", early_years.early_years_children, name="early_years_children"),
    path(
        "dashboard/early-years/children.<table_format:file_format>",
        early_years.early_years_children_file,
        name="early_years_children_file",
    ),
    path("dashboard/early-years/areas/", early_years.aspect_analysis, name="aspect_analysis"),
    path(
        "dashboard/early-years/steps.<table_format:file_format>",
        early_years.aspect_analysis_file,
        name="aspect_analysis_file",
    ),
    path("dashboard/groups/", groups.group_report, name="group_report"),
    path(
        "dashboard/groups/groups.<table_format:file_format>",
        groups.group_report_file,
        name="group_report_file",
    ),
    *(
        path(
            f"dashboard/groups/{table}.<table_format:file_format>",
            groups.group_report_part_file,
            {"table": table},
            name=f"group_report_{table}_file",
        )
        for table in ("overlaps", "crossed")
    ),
    path("dashboard/early-years/good-level/", good_level.good_level, name="good_level"),
    *(
        path(
            f"dashboard/early-years/good-level/{table}.<table_format:file_format>",
            good_level.good_level_file,
            {"table": table},
            name=f"good_level_{table}_file",
        )
        for table in good_level.TABLES
    ),
    path("dashboard/early-years/profile/", good_level.profile, name="profile"),
    path(
        "dashboard/early-years/profile.<table_format:file_format>",
        good_level.profile_file,
        name="profile_file",
    ),
    path(f"{_A_COHORT}/", cohorts.cohort, name="cohort"),
    path(f"{_A_COHORT}/points.<table_format:file_format>", cohorts.cohort_file, name="cohort_file"),
    path(f"{_A_COHORT}/pupils/", cohorts.cohort_figure, name="cohort_figure"),
    path(
        f"{_A_COHORT}/pupils.<table_format:file_format>",
        cohorts.cohort_figure_file,
        name="cohort_figure_file",
    ),
    path(f"{_AN_AGE}/", cohorts.same_age, name="same_age"),
    path(f"{_AN_AGE}/years.<table_format:file_format>", cohorts.same_age_file, name="same_age_file"),
    path(f"{_A_YEAR_GROUP}/", year_groups.year_group_report, name="year_group_report"),
    *(
        path(
            f"{_A_YEAR_GROUP}/{table}.<table_format:file_format>",
            year_groups.year_group_file,
            {"table": table},
            name=f"year_group_{table}_file",
        )
        for table in year_groups.TABLES
    ),
    path(
        f"{_A_YEAR_GROUP}/missing.<table_format:file_format>",
        year_groups.year_group_missing_file,
        name="year_group_missing_file",
    ),
    path("dashboard/partnership/", partnership.school_beside_partnership, name="school_beside_partnership"),
    path(
        "dashboard/partnership.<table_format:file_format>",
        partnership.school_beside_partnership_file,
        name="school_beside_partnership_file",
    ),
    path("dashboard/conversations/", conversations.conversations, name="conversations"),
    path(
        "dashboard/conversations.<table_format:file_format>",
        conversations.conversations_file,
        name="conversations_file",
    ),
    path(f"{_A_SUBJECT}/", progress_pictures.progress_pictures, name="progress_pictures"),
    path(f"{_A_SUBJECT}/pupils/", progress_pictures.progress_picture_pupils, name="progress_picture_pupils"),
    path(
        f"{_A_SUBJECT}/pupils.<table_format:file_format>",
        progress_pictures.progress_picture_pupils_file,
        name="progress_picture_pupils_file",
    ),
    *(
        path(
            f"{_A_SUBJECT}/{table}.<table_format:file_format>",
            progress_pictures.progress_pictures_file,
            {"table": table},
            name=f"progress_{table}_file",
        )
        for table in progress_pictures.TABLES
    ),
    path(
        "marksheets/completion.<table_format:file_format>",
        marksheets.completion_file,
        name="completion_file",
    ),
    path(
        "marksheets/board.<table_format:file_format>",
        marksheets.board_file,
        name="completion_board_file",
    ),
    *(
        path(
            f"marksheets/{place}/<slug:sheet>/sheet.<table_format:file_format>",
            marksheets.marksheet_file,
            name=f"{kind}_marksheet_file",
        )
        for kind, place in MARKSHEETS_OF.items()
    ),
    *(
        path(f"marksheets/{place}/<slug:sheet>/{file}", view, name=f"{kind}_marksheet_{name}")
        for kind, place in MARKSHEETS_OF.items()
        for file, view, name in (
            ("to-fill-in.xlsx", marksheets.marksheet_workbook_file, "workbook"),
            ("blank.pdf", marksheets.marksheet_blank_file, "blank"),
        )
    ),
    path("judgements.<table_format:file_format>", judgements.judgements_file, name="judgements_file"),
    path("pupils.<table_format:file_format>", rolls.roll_file, name="roll_file"),
    path("pupils/<uuid:pupil_id>/progress/", pupil_progress.progress, name="pupil_progress"),
    path("pupils/<uuid:pupil_id>/progress.pdf", pupil_progress.progress_pdf, name="pupil_progress_pdf"),
    path(
        "pupils/<uuid:pupil_id>/progress.<table_format:file_format>",
        pupil_progress.progress_file,
        name="pupil_progress_file",
    ),
    path("pupils/<uuid:pupil_id>/own-expectation/", own_steps.own_steps, name="own_steps"),
    path("pupils/<uuid:pupil_id>/history.xlsx", history.pupil_history, name="pupil_history"),
    path("pupils/<uuid:pupil_id>/for-parents/", pupil_progress.for_parents, name="pupil_for_parents"),
    *(
        path(
            f"pupils/<uuid:pupil_id>/everything.{ending}",
            subject_access.everything,
            {"file_format": ending},
            name=f"subject_access_{ending}",
        )
        for ending in SUBJECT_ACCESS_FORMATS
    ),
    path("classes.<table_format:file_format>", classes.class_list_file, name="class_list_file"),
    path(
        "classes/<uuid:class_id>/pupils.<table_format:file_format>",
        rolls.class_roll_file,
        name="class_roll_file",
    ),
    path(
        "review-list.<table_format:file_format>",
        progress_signs.review_list_file,
        name="review_list_file",
    ),
    path("audit/", audit.audit, name="audit"),
    path("audit.<table_format:file_format>", audit.audit_file, name="audit_file"),
    path("people.<table_format:file_format>", people.people_file, name="people_file"),
    path(
        "import/<uuid:import_id>/report.<table_format:file_format>", imports.import_file, name="import_file"
    ),
    path("snapshots/", snapshots.snapshots, name="snapshots"),
    path("snapshots/new/", snapshots.take_snapshot, name="take_snapshot"),
    path("snapshots/<int:number>/", snapshots.snapshot, name="snapshot"),
    *(
        path(
            f"snapshots/<int:number>/{table}.<table_format:file_format>",
            snapshots.snapshot_file,
            {"table": table},
            name=f"snapshot_{table}_file",
        )
        for table in snapshots.TABLES
    ),
    path("everything-out/", whole_school.everything_out, name="everything_out"),
    path("reports/pupil-pages/", pupil_pages.pupil_pages, name="pupil_pages"),
    path("reports/governors/", governor_reports.governors_pack, name="governors_pack"),
    path("reports/governors/pdf/", governor_reports.governors_pack_pdf, name="governors_pack_pdf"),
    path("reports/governors/xlsx/", governor_reports.governors_pack_xlsx, name="governors_pack_xlsx"),
]
