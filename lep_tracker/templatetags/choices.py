"""The options of a select for templates: written here as text, as a template for each took as long as the rest of the filters."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def options(field: BoundField) -> SafeString:
    """The options in order, under their headings where they have any. None of them has attributes of its own."""
    chosen = set(field.field.widget.format_value(field.value()))
    return SafeString(
        "".join(
            f'<optgroup label="{escape(str(value))}">{_options(label, chosen)}</optgroup>'
            if isinstance(label, list | tuple)
            else _options([(value, label)], chosen)
            for value, label in field.field.widget.choices
        )
    )


def _options(choices: Iterable[tuple[Any, Any]], chosen: set[str]) -> str:
    return "".join(
        f'<option value="{escape(value)}"{" selected" if value in chosen else ""}>{escape(str(label))}</option>'
        for value, label in ((str(each), label) for each, label in choices)
    )
