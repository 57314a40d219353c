"""Addresses below a partnership: /partnerships/<id>/<year>/..."""

from __future__ import annotations

from django.urls import include, path

from assessment.views import band_words, baseline_sources, expectations
from reports.views import granted_pupils, partnership

# /partnerships/<id>/<year>/...
_of_a_year = [
    path("", partnership.partnership, name="partnership"),
    path("schools.<table_format:file_format>", partnership.partnership_file, name="partnership_file"),
    path("schools/", partnership.partnership_schools, name="partnership_schools"),
    path("schools/<urn:urn>/pupils/", granted_pupils.granted_pupils, name="granted_pupils"),
    path("baselines/", baseline_sources.baseline_sources, name="baseline_sources"),
    path("baselines/choose/", baseline_sources.choose_baseline_sources, name="choose_baseline_sources"),
    path("expectations/", expectations.expectations, name="expectations"),
    path("expectations/own-steps/", expectations.allow_own_steps, name="allow_own_steps"),
    path("expectations/words/", band_words.words_for_bands, name="words_for_bands"),
    path("expectations/words/save/", band_words.save_words_for_bands, name="save_words_for_bands"),
    path("expectations/save/", expectations.save_expectations, name="save_expectations"),
    path("transitions/", partnership.partnership_transitions, name="partnership_transitions"),
    path(
        "transitions.<table_format:file_format>",
        partnership.partnership_transitions_file,
        name="partnership_transitions_file",
    ),
]

urlpatterns = [
    path("", partnership.partnership_now, name="partnership_now"),
    path("<year:year>/", include(_of_a_year)),
]
