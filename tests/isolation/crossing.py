"""Things that must not cross a wall: how they are known, what a page offers to send, and the same with somebody else's ids put in."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.db import connection, models
from django.db.models import QuerySet

from schools.models import AuditRecord, School, User
from schools.row_security import visible_to, walled_models

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Fields = list[tuple[str, str]]
# Of one number that stands for several rows: so many are tried.
AT_MOST = 3


# What somebody types where nothing stands: on a sheet it is points, elsewhere any word.
FILLED_IN = {"text": "44", "number": "4", "date": "2030-07-01", "email": "new@school.test", "search": "child"}


@dataclass(frozen=True)
class Form:
    """What a page lets one send, as a browser would send it."""

    method: str
    action: str
    fields: tuple[tuple[str, str], ...]


class _Reader(HTMLParser):
    """The forms and links of a page."""

    def __init__(self, there: str) -> None:
        super().__init__()
        self.there = there
        self.links: list[str] = []
        self.forms: list[tuple[str, str, Fields, Fields]] = []
        self.by_id: dict[str, int] = {}
        self.inside: int | None = None
        self.chooses, self.writes = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and said.get("href"):
            self.links.append(urljoin(self.there, said["href"]))
        elif tag == "form":
            self.inside = len(self.forms)
            self.by_id[said.get("id", "")] = self.inside
            action = urljoin(self.there, said.get("action") or self.there)
            self.forms.append((said.get("method", "get").lower(), action, [], []))
        elif tag == "option" and self.chooses:
            self._add(self.chooses, said.get("value", ""), said)
        elif tag in {"input", "select", "textarea", "button"} and said.get("name"):
            self._field(tag, said)

    def _field(self, tag: str, said: dict[str, str]) -> None:
        if tag == "select":
            self.chooses = said["name"]
        else:
            kind = said.get("type", "text")
            is_button = tag == "button" or kind == "submit"
            value = said.get("value") or ("" if is_button else FILLED_IN.get(kind, ""))
            self._add(said["name"], value, said, is_button=is_button)

    def _add(self, name: str, value: str, said: dict[str, str], *, is_button: bool = False) -> None:
        at = self.by_id.get(said.get("form", ""), self.inside) if said.get("form") else self.inside
        if at is not None and name != "csrfmiddlewaretoken":
            self.forms[at][3 if is_button else 2].append((name, value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "select":
            self.chooses = ""


def offered(page: str, there: str) -> tuple[list[Form], list[str]]:
    """The forms of a page, one for each of their buttons, and its links. Of choices everything that can be chosen is sent."""
    reader = _Reader(there)
    reader.feed(page)
    forms = [
        Form(method, action, (*fields, *([button] if button else ())))
        for method, action, fields, buttons in reader.forms
        for button in (buttons or [None])
    ]
    return forms, reader.links


def words_of(answer: Any) -> str:
    """The text of a page or of a file: of a workbook all its parts, of a PDF what can be read in it."""
    content = answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    if content[:5] == b"%PDF-":
        read = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
        return read.stdout.decode(errors="replace")
    return str(content.decode(errors="replace"))


@dataclass(frozen=True)
class Hidden:
    """What must not be seen or touched: the words that give it away, and what of it stands in the place of each of one's own ids."""

    words: frozenset[str]
    instead: dict[str, list[str]] = field(default_factory=dict)

    def told_by(self, text: str, sent: str = "") -> set[str]:
        """The words in an answer that the question did not hold."""
        return {word for word in self.words if word in text and word not in sent}

    def ids(self) -> list[str]:
        """Each of its ids once."""
        return sorted({each for those in self.instead.values() for each in those})

    def swapped(self, form: Form) -> list[Form]:
        """The form with the other's ids in its values and the names of its fields: a few where one number stands for several rows, none of a form without an id.

        Of a name that takes an id nothing of one's own is left, so that the last value, which a form reads, is the other's.
        """
        found: list[Form] = []
        for turn in range(AT_MOST):
            put = [
                (name, value, self._other(name, turn), self._other(value, turn))
                for name, value in form.fields
            ]
            taken = {name for name, value, _, other in put if value != other}
            fields = [(new, other) for name, value, new, other in put if name not in taken or value != other]
            swapped = Form(form.method, form.action, tuple(fields))
            if tuple(fields) != form.fields and swapped not in found:
                found.append(swapped)
        return found

    def _other(self, said: str, turn: int) -> str:
        whole = self.instead.get(said)
        if whole:
            return whole[min(turn, len(whole) - 1)]
        return UUID.sub(lambda found: self.instead.get(found[0], [found[0]])[0], said)


def counterparts(ours: Iterable[models.Model], theirs: Iterable[models.Model]) -> dict[str, list[str]]:
    """Of two lists of like rows: which ids of the one stand beside which of the other."""
    found: dict[str, list[str]] = {}
    for one, other in zip(ours, theirs, strict=False):
        for name in id_fields(type(one)):
            mine, others = getattr(one, name), getattr(other, name)
            if mine and others and mine != others and str(others) not in found.setdefault(str(mine), []):
                found[str(mine)].append(str(others))
    return found


def id_fields(model: type[models.Model]) -> list[str]:
    """The columns that tell one row from all others."""
    return [
        each.attname
        for each in model._meta.concrete_fields
        if each.primary_key or isinstance(each, models.UUIDField) or each.name in {"upn", "number"}
    ]


def of_school(model: type[models.Model], school: School) -> QuerySet[Any]:
    """The school's rows, oldest first; it has to be open."""
    return model._base_manager.filter(school_id=school.pk).order_by("pk")


# Who was refused at a school's door is written down there.
NOT_WATCHED = {AuditRecord}


def watched() -> list[type[models.Model]]:
    return [model for model in walled_models() if model not in NOT_WATCHED]


def writes() -> dict[str, int]:
    """How many rows of each table this transaction has written so far, those among them that were taken back since. Tables without one are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del AS written FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())


def fingerprint(school: School, of: Iterable[type[models.Model]] | None = None) -> dict[str, str]:
    """How many rows each table behind the wall holds of the school and a sum of all that stands in them, histories among them."""
    sums = [
        f"SELECT '{table}', concat(count(*), ' ', md5(string_agg(t::text, ';' ORDER BY t::text))) FROM {table} t"
        for table in (model._meta.db_table for model in (watched() if of is None else of))
    ]
    return dict(_found(sums, {}, school))


def _found(asked: list[str], known: dict[str, Any], *schools: School) -> list[tuple[Any, ...]]:
    """What all these queries find, while these schools are open."""
    if not asked:
        return []
    with visible_to(*schools), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked), known)
        return cursor.fetchall()


@dataclass
class Wall:
    """What the other school holds, to see after each form whether anything went across. Of tables to which nothing was written nothing is read."""

    ours: School
    theirs: School
    # Of the other school, whom no row of ours is to name.
    people: list[int]
    words: frozenset[str]

    def __post_init__(self) -> None:
        self.before = fingerprint(self.theirs)
        self.seen = writes()

    def crossed(self) -> set[str]:
        """The tables of theirs that are not as they were, and the columns of ours in which something of theirs stands; of all that was written since this was last asked."""
        now = writes()
        of = {
            each
            for each in walled_models()
            if now.get(table := each._meta.db_table, 0) != self.seen.get(table, 0)
        }
        self.seen = now
        after = fingerprint(self.theirs, of - NOT_WATCHED)
        return (
            {table for table, said in after.items() if said != self.before[table]}
            | references_to(self.ours, self.theirs, self.people, of)
            | written_in(self.ours, self.words, of - NOT_WATCHED)
        )


def references_to(
    school: School, other: School, people: Iterable[int], of: Iterable[type[models.Model]] | None = None
) -> set[str]:
    """The columns of the school's rows that point at a row of the other, or at one of these people."""
    behind, asked = set(walled_models()), []
    for model in behind if of is None else of:
        table = model._meta.db_table
        for each in model._meta.concrete_fields:
            target: Any = each.related_model
            if target is User:
                asked.append(_pointing(table, each.column, "= ANY (%(people)s)"))
            elif target in behind:
                there = f"IN (SELECT id FROM {target._meta.db_table} WHERE school_id = %(other)s)"
                asked.append(_pointing(table, each.column, there))
    known = {"school": school.pk, "other": other.pk, "people": list(people)}
    return {found for (found,) in _found(asked, known, school, other)}


def _pointing(table: str, column: str, there: str) -> str:
    return f"SELECT '{table}.{column}' WHERE EXISTS (SELECT FROM {table} WHERE school_id = %(school)s AND {column} {there})"


def written_in(
    school: School, words: Iterable[str], of: Iterable[type[models.Model]] | None = None
) -> set[str]:
    """The columns of the school's rows in which one of the words stands."""
    sought = [word for word in words if len(word) > 12]
    texts = (models.CharField, models.TextField, models.JSONField, models.UUIDField)
    asked = [
        (model._meta.db_table, each.column)
        for model in (watched() if of is None else of)
        for each in model._meta.concrete_fields
        if isinstance(each, texts) and each.related_model is None and not hasattr(model, "pgh_tracked_model")
    ]
    one_by_one = [
        f"""SELECT '{table}.{column}' WHERE EXISTS (SELECT FROM {table} WHERE "{column}"::text ~ %(sought)s)"""
        for table, column in asked
    ]
    return {found for (found,) in _found(one_by_one, {"sought": "|".join(map(re.escape, sought))}, school)}


def asked_for(there: str) -> Form:
    """A link as the form that it stands for."""
    split = urlsplit(there)
    return Form("get", split.path, tuple(parse_qsl(split.query, keep_blank_values=True)))
