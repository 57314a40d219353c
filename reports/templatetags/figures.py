"""Tiles and their marks for templates; how they look is written in `reports.views.tiles`."""

from __future__ import annotations

from django import template

from reports.views.tiles import bar, opens, tiles

register = template.Library()
for tag in (bar, opens, tiles):
    register.simple_tag(tag)
