"""Addresses below a school and a year: /schools/<urn>/<year>/..."""

from __future__ import annotations

from django.urls import URLPattern, path

from assessment.views import (
    baselines,
    blocks,
    board,
    bring_back,
    cell_histories,
    completing,
    explanations,
    frameworks,
    histories,
    jumps,
    marksheets,
    one_pupil,
    pasting,
    progress_signs,
    removing,
    repairs,
    same_again,
    saving,
    school_subjects,
    september,
    templates,
    term_dates,
    undo,
)

# Whose a marksheet is: the kind in the names of addresses, and its part of the address.
MARKSHEETS_OF = {
    "class": "classes/<uuid:class_id>",
    "year_group": "year-groups/<year_group:year_group>",
    "group": "groups/<uuid:group_id>",
}
# What leads into a marksheet: the sheet itself, and its parts.
_DOORS = {
    "": saving.sheet,
    "cell": jumps.cell,
    "confirm": jumps.confirm,
    "cells": blocks.cells,
    "bring-back": bring_back.bring_back,
    "undo": undo.undo,
    "redo": undo.redo,
    "move": repairs.move,
    "paste": pasting.paste,
    "same-again": same_again.same_again,
    "complete": completing.complete,
}

# One judgement: the point is `autumn`, `last-summer`, or of an earlier year `summer-2023`.
_CELL = "judgements/<uuid:pupil_id>/<slug:subject>/<slug:point>/"


def _sheets() -> list[URLPattern]:
    """`class_marksheet` at marksheets/classes/<id>/<sheet>/, `class_marksheet_paste` at .../paste/, and so on."""
    return [
        path(
            f"marksheets/{place}/<slug:sheet>/{f'{door}/' if door else ''}",
            view,
            name="_".join(part for part in (kind, "marksheet", door) if part),
        )
        for kind, place in MARKSHEETS_OF.items()
        for door, view in _DOORS.items()
    ] + [
        path(
            f"marksheets/{place}/<slug:sheet>/pupils/<uuid:pupil_id>/",
            one_pupil.one_pupil,
            name=f"{kind}_marksheet_pupil",
        )
        for kind, place in MARKSHEETS_OF.items()
    ]


urlpatterns = [
    path("moving/history/", histories.bring_in_history, name="bring_in_history"),
    path("pupils/retention/", removing.retention, name="retention"),
    path("pupils/<uuid:pupil_id>/removal/", removing.remove_pupil, name="remove_pupil"),
    path("marksheets/", marksheets.marksheets, name="marksheets"),
    path("marksheets/layouts/", templates.layouts, name="layouts"),
    path("marksheets/layouts/new/", templates.new_layout, name="new_layout"),
    path("marksheets/layouts/<uuid:template_id>/", templates.layout, name="layout"),
    path("marksheets/layouts/<uuid:template_id>/use/", templates.use_layout, name="use_layout"),
    path("marksheets/favourites/", templates.favourite_layout, name="favourite_layout"),
    path("baselines/", baselines.baselines, name="baselines"),
    path("baselines/offers/", baselines.accept, name="accept_baselines"),
    path("baselines/undo/", baselines.undo, name="undo_baselines"),
    path("baselines/missing/", baselines.missing, name="missing_baselines"),
    path("marksheets/board/", board.board, name="completion_board"),
    path(
        "marksheets/board/<uuid:class_id>/<slug:sheet>/",
        board.empty_cells_of_class,
        name="completion_board_cell",
    ),
    path("terms/early-years/", frameworks.eyfs_framework, name="eyfs_framework"),
    path("september/", september.september, name="september"),
    path("september/without-class/", september.september_without_class, name="september_without_class"),
    path("september/<uuid:class_id>/", september.september_class, name="september_class"),
    path("settings/subjects/", school_subjects.school_subjects, name="school_subjects"),
    path("terms/dates/", term_dates.term_dates, name="term_dates"),
    path("marksheets/workload/", board.workload, name="workload"),
    *_sheets(),
    path("review-list/", progress_signs.review, name="review_list"),
    path("review-list/<uuid:pupil_id>/<slug:subject>/", progress_signs.sign_decision, name="sign_decision"),
    path("judgements/<uuid:pupil_id>/<slug:subject>/why/", explanations.why_colour, name="why_colour"),
    path(f"{_CELL}history/", cell_histories.history, name="cell_history"),
    path(f"{_CELL}note/", cell_histories.note, name="cell_note"),
    path(f"{_CELL}put-back/", cell_histories.put_back, name="cell_put_back"),
    path(f"{_CELL}confirm/", cell_histories.confirm, name="cell_confirm"),
]
