"""Help: the guides of docs/ as pages of the site, and which part of which guide belongs to the page that somebody looks at.

A guide is written once, in docs/, and read there and here. Help stands at the same place of every page (WCAG 2.2, 3.2.6).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# In the order of the list: the file in docs/ without its ending, and for what one opens it.
GUIDES = {
    "first-steps": "The menu, another school or year, colours, files, the keyboard",
    "marksheet": "Entering judgements: keys, pasting, Excel, undo, who entered what, terms that are closed",
    "early-years": "Nursery and Reception: areas of learning, the Good Level of Development, Baselines",
    "dashboard": "What each figure means, who is counted, and how far it can be trusted",
    "pupil-page": "One pupil over the years, and the page in words for parents",
    "characteristics": "Free school meals, SEN and care from day to day, and what a year's record says by them",
    "moving": "Pupils who go to another school or come from one: offering, accepting, what comes along",
    "progress-signs": "Signs of slower progress, the review list, and what was decided",
    "governors-pack": "The report for governors: what it holds, what it holds back, and why",
    "snapshots": "A term's figures frozen, and what changed since",
    "partnership": "Schools beside each other, and the names that a school has opened",
    "new-year": "Into a new school year: classes, pupils moved up, leavers, new pupils, and the checks of September",
    "school-office": "Importing pupils from your system, leavers, reports, taking an import back",
    "administration": "A school's settings, dates of terms, another year; what a partnership expects",
    "roles": "Who may do what, and how people come in and go",
    "privacy": "What families may ask for, how long records are kept, and how they are removed",
    "rules": "How points, ranges, attainment and progress work, on one page",
    "files": "What the files that come in may hold",
    "ctf": "Common transfer files: taking one in, writing one for pupils who leave",
    "duplicates": "A child who is here twice: found, merged, and taken back",
    "glossary": "What the words mean",
    "audit": "Who opened which pupil's page, took a file, was refused, signed in",
    "accessibility": "How far the site works for everybody, and whom to tell where it does not",
}

# The part of a guide that helps on a page, by the page's name. What is not named is helped by its area of the menu, below.
_HELP_OF = {
    "class_marksheet": "marksheet#entering",
    "year_group_marksheet": "marksheet#entering",
    "group_marksheet": "marksheet#entering",
    "layouts": "marksheet#marksheets-that-are-laid-out",
    "new_layout": "marksheet#marksheets-that-are-laid-out",
    "layout": "marksheet#marksheets-that-are-laid-out",
    "completion_board": "marksheet#done-and-what-is-missing",
    "completion_board_cell": "marksheet#done-and-what-is-missing",
    "terms": "marksheet#dates-of-a-year-groups-own",
    "school_settings": "administration#the-schools-settings",
    "everything_out": "administration#everything-out",
    "school_subjects": "administration#subjects",
    "term_dates": "administration#dates-of-terms",
    "next_year": "administration#another-year",
    "plan_new_year": "new-year#the-plan",
    "plan_class": "new-year#who-goes-elsewhere",
    "plan_without_class": "new-year#who-goes-elsewhere",
    "preview_new_year": "new-year#what-happens",
    "new_pupils": "new-year#new-pupils",
    "september": "new-year#september-checks",
    "september_class": "new-year#september-checks",
    "september_without_class": "new-year#september-checks",
    "expectations": "administration#what-a-partnership-expects",
    "partnership_schools": "administration#schools-of-a-partnership",
    "save_expectations": "administration#what-a-partnership-expects",
    "allow_own_steps": "administration#steps-of-a-pupils-own",
    "words_for_bands": "administration#words-for-below-at-and-above",
    "save_words_for_bands": "administration#words-for-below-at-and-above",
    "workload": "marksheet#how-much-a-year-asks-for",
    "baselines": "early-years#the-step-into-year-1-baselines",
    "missing_baselines": "early-years#the-step-into-year-1-baselines",
    "early_years": "early-years#the-overview",
    "early_years_children": "early-years#the-overview",
    "aspect_analysis": "early-years#area-by-area",
    "good_level": "early-years#the-good-level-of-development",
    "profile": "early-years#the-profile",
    "eyfs_framework": "early-years#which-framework",
    "progress_pictures": "dashboard#pictures-of-progress",
    "progress_picture_pupils": "dashboard#pictures-of-progress",
    "cohort": "dashboard#over-the-years",
    "cohort_figure": "dashboard#over-the-years",
    "same_age": "dashboard#over-the-years",
    "conversations": "dashboard#whom-to-talk-about",
    "figure_pupils": "dashboard#who-is-counted",
    "group_report": "dashboard#the-page-of-groups-and-gaps",
    "governors_pack": "governors-pack",
    "snapshots": "snapshots",
    "snapshot": "snapshots",
    "take_snapshot": "snapshots",
    "review_list": "progress-signs",
    "sign_decision": "progress-signs",
    "imports": "school-office#importing",
    "import_run": "school-office#importing",
    "moving": "moving",
    "new_offer": "moving#offering",
    "offer": "moving#accepting",
    "bring_in_history": "moving#from-a-school-outside-the-partnership",
    "pupil": "pupil-page",
    "pupil_progress": "pupil-page",
    "own_steps": "pupil-page#steps-expected-of-this-pupil-alone",
    "pupil_for_parents": "pupil-page#the-page-for-parents",
    "pupil_pages": "pupil-page",
    "correct_pupil": "privacy#put-right",
    "characteristics": "characteristics",
    "new_period": "characteristics#periods",
    "period": "characteristics#periods",
    "yearly_value": "characteristics#a-value-set-by-hand",
    "ctf": "ctf#writing-one",
    "duplicates": "duplicates",
    "duplicate_pair": "duplicates#merging",
    "retention": "privacy#how-long",
    "remove_pupil": "privacy#anonymising",
    "privacy": "privacy#the-page",
    "school_privacy": "privacy#the-page",
    "school_beside_partnership": "partnership#a-school-beside-its-partnership",
    "names_grants": "partnership#names-by-a-grant",
    "people": "roles#who-has-access-to-what",
    "person": "roles#who-gives-which-role",
    "new_invitation": "roles#coming-in",
    "invitation": "roles#coming-in",
    "accept_invitation": "roles#coming-in",
    "audit": "audit",
    "baseline_sources": "early-years#the-step-into-year-1-baselines",
}
_HELP_OF_AREA = {
    "Marksheets": "marksheet",
    "Dashboard": "dashboard",
    "Schools": "partnership",
    "Transitions": "partnership",
}
_FIRST_STEPS = "first-steps"


@dataclass(frozen=True)
class Heading:
    """A part of a guide: what its list of contents says, and where it leads."""

    anchor: str
    text: str


@dataclass(frozen=True)
class Guide:
    """A guide as a page: its title, its parts, and its text as HTML."""

    title: str
    headings: tuple[Heading, ...]
    body: SafeString


def help_for(page: str | None, area: str | None = None) -> str:
    """The address of what helps on a page, by the name of its address and the word of the menu that it belongs to; the first steps where nothing else does."""
    said = _HELP_OF.get(page or "") or _HELP_OF_AREA.get(area or "") or _FIRST_STEPS
    guide, _, part = said.partition("#")
    address = reverse("help_guide", args=[guide])
    return f"{address}#{part}" if part else address


@cache
def guide(key: str) -> Guide:
    """A guide of `GUIDES`, read from docs/ once. Raises KeyError for any other."""
    GUIDES[key]
    text = (settings.BASE_DIR / "docs" / f"{key}.md").read_text(encoding="utf-8")
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    title = tokens[1].content
    rest = tokens[3:]
    headings = _name_headings(rest)
    for token in rest:
        for child in token.children or []:
            _lead_here(child)
    _head_columns(rest)
    body = parser.renderer.render(_in_regions(rest), parser.options, {})
    # Our own text, in which the parser has escaped what looks like HTML.
    return Guide(title, headings, mark_safe(body))  # noqa: S308


def _name_headings(tokens: list[Token]) -> tuple[Heading, ...]:
    """Give each heading the anchor by which the guides name it, and list those of the second level."""
    found = []
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            text = _plain(tokens[at + 1])
            anchor = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            token.attrSet("id", anchor)
            if token.tag == "h2":
                found.append(Heading(anchor, text))
    return tuple(found)


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or [])


def _lead_here(token: Token) -> None:
    """Links between guides lead from page to page; pictures are the site's. What is for those who run the site stays a word without a link."""
    if token.type == "image":
        token.attrSet("src", static(f"help/{str(token.attrGet('src')).removeprefix('pictures/')}"))
        token.attrSet("loading", "lazy")
    if token.type == "link_open":
        there, _, part = str(token.attrGet("href")).partition("#")
        key = there.removesuffix(".md")
        if key in GUIDES:
            token.attrSet("href", reverse("help_guide", args=[key]) + (f"#{part}" if part else ""))
        elif there and not there.startswith(("https:", "mailto:")):
            token.attrs = {}


def _head_columns(tokens: list[Token]) -> None:
    """A heading of a column says that it is one; a corner without words is none."""
    for at, token in enumerate(tokens):
        if token.type == "th_open" and tokens[at + 1].content:
            token.attrSet("scope", "col")
        elif token.type == "th_open":
            token.tag = tokens[at + 2].tag = "td"


def _in_regions(tokens: list[Token]) -> list[Token]:
    """A wide table scrolls by itself, by keyboard too; each has a name of its own, after the part of the guide that it stands in."""
    framed: list[Token] = []
    part, table = "", 0
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            part = _plain(tokens[at + 1])
        if token.type == "table_open":
            table += 1
            name = f"Table {table}: {part}" if part else f"Table {table}"
            region: dict[str, Any] = {"class": "table-region", "role": "region", "aria-label": name}
            framed.append(Token("region_open", "div", 1, attrs={**region, "tabindex": "0"}, block=True))
        framed.append(token)
        if token.type == "table_close":
            framed.append(Token("region_close", "div", -1, block=True))
    return framed
