"""Tiles and their marks for templates; how they look is written in `reports.views.tiles`."""

from __future__ import annotations

from django import template

from reports.views.cohort_links import cohort_link
from reports.views.tiles import area_rows, bar, opens, table_rows, tiles

register = template.Library()
for tag in (area_rows, bar, cohort_link, opens, table_rows, tiles):
    register.simple_tag(tag)
