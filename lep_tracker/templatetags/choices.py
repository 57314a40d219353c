"""The options of a select for templates: written there, as Django's own widget takes a template for each of them."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField

register = template.Library()


@register.filter
def option_groups(field: BoundField) -> list[tuple[str, list[dict[str, Any]]]]:
    """The options under their headings, in order; those under none have an empty heading."""
    chosen = field.field.widget.format_value(field.value())
    grouped = field.field.widget.optgroups(field.html_name, chosen)
    return [(str(heading or ""), list(options)) for heading, options, _ in grouped]
