"""The floor of a marksheet's rendering: its body joined as strings, for a year group's sheet that somebody may enter on."""

from __future__ import annotations

from html import escape

from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress
from assessment.queries.marksheets import EMPTY, ColumnKind, Held, Sheet

_COLOURS = {
    None: ("", ""),
    Attainment.BELOW: (" is-below", "<i> below</i>"),
    Attainment.AT: (" is-at", "<i> at</i>"),
    Attainment.ABOVE: (" is-above", "<i> above</i>"),
}
_OUTCOMES = {
    None: ("", ""),
    Progress.LESS: (" is-below", "<i> less than expected</i>"),
    Progress.EXPECTED: (" is-at", "<i> expected</i>"),
    Progress.MORE: (" is-above", "<i> more than expected</i>"),
}
_WORDS = {"": "", "absent": "absent", "new": "new", "not_required": "not required"}


def rows_by_hand(sheet: Sheet, pupil_address: str, why_address: tuple[str, str]) -> str:
    """The very bytes of the table's body; the benchmark compares them before it measures."""
    at = sheet.at
    own = [column for column in sheet.columns if column.kind is ColumnKind.JUDGEMENT]
    parts = []
    for row in sheet.rows:
        key = str(row.public_id)
        out = "" if row.is_counted else ' class="is-out"'
        parts.append(
            f'<tr{out}><th scope="row" id="p-{key}"><a id="n-{key}" href="{pupil_address}{key}/">{escape(row.name)}</a>'
        )
        parts += [
            f' <span class="badge" title="{badge.title}">{badge.text}<i> ({badge.title})</i></span>'
            for badge in row.badges
        ]
        parts.append(
            f'<a class="plain-why" href="{why_address[0]}{key}{why_address[1]}"'
            f' aria-label="Why {escape(row.name)} has these colours"></a>'
        )
        told = f"{row.class_name} · {row.note}" if row.class_name and row.note else row.class_name or row.note
        parts.append(f'<span class="note">{escape(told)}</span></th>' if told else "</th>")
        for column in own:
            held: Held = row.held.get(column.at, EMPTY)
            value = str(held.points) if held.points is not None else _WORDS[held.reason]
            colour, word = _COLOURS[held.attainment]  # type: ignore[index]  # an IntEnum's number
            if held.reason:
                colour = " is-reason"
            version = f' data-v="{held.version}"' if held.version else ""
            if column.is_in_focus:
                parts.append(
                    f'<td class="j e{colour} is-focus"{version}><span>{value}{word}</span>'
                    f'<input name="v-{key}" value="{value}" aria-labelledby="n-{key} t-{at.term:d}">'
                    f'<input type="hidden" name="s-{key}" value="{held.version}:{value}"></td>'
                )
            elif column.is_open:
                parts.append(f'<td class="j e{colour}"{version}><span>{value}{word}</span></td>')
            else:
                parts.append(
                    f'<td class="{"o" if column.is_of_an_earlier_year else "j"}{colour}">{value}{word}</td>'
                )
        has_end = row.held.get(at, EMPTY).points is not None
        for measure, name, missing in (
            (row.this_term, "tt", "<b>no start</b>"),
            (row.this_year, "ty", "<b>no baseline</b>"),
        ):
            if measure is None:
                parts.append(f'<td class="{name}">{missing if has_end else ""}</td>')
            else:
                colour, word = _OUTCOMES[measure.outcome]
                steps = measure.steps
                sign = f"+{steps}" if steps > 0 else f"\N{MINUS SIGN}{-steps}" if steps else "0"
                parts.append(f'<td class="{name}{colour}">{sign}{word}</td>')
        parts.append("</tr>")
    return "".join(parts)
