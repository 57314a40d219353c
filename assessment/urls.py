"""Addresses below a school and a year: /schools/<urn>/<year>/..."""

from __future__ import annotations

from django.urls import path

from assessment.views import explanations, marksheets

urlpatterns = [
    path("marksheets/", marksheets.marksheets, name="marksheets"),
    path(
        "marksheets/classes/<uuid:class_id>/<slug:subject>/",
        marksheets.class_marksheet,
        name="class_marksheet",
    ),
    path(
        "marksheets/year-groups/<year_group:year_group>/<slug:subject>/",
        marksheets.year_group_marksheet,
        name="year_group_marksheet",
    ),
    path("judgements/<uuid:pupil_id>/<slug:subject>/why/", explanations.why_colour, name="why_colour"),
]
