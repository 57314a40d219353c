"""Tiles, the rows of groups and of schools, and their marks for templates; how they look is written in `reports.views` (`tiles`, `group_rows`,
`partnership_rows`).
"""

from __future__ import annotations

from django import template

from reports.documents.own_steps import own_steps_said
from reports.views.cohort_links import cohort_link
from reports.views.group_rows import crossed_rows, overlap_rows, pair_rows
from reports.views.partnership_rows import chart_rows, school_rows
from reports.views.tiles import area_rows, bar, opens, table_rows, tiles

register = template.Library()
for tag in (
    area_rows,
    bar,
    chart_rows,
    cohort_link,
    crossed_rows,
    opens,
    overlap_rows,
    own_steps_said,
    pair_rows,
    school_rows,
    table_rows,
    tiles,
):
    register.simple_tag(tag)
