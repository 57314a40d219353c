"""A page of ours as a PDF: tagged for readers (PDF/UA-1), our own fonts and styles inside, nothing fetched from elsewhere."""

from __future__ import annotations

import atexit
import datetime as dt
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.template.loader import render_to_string

from reports.charts import PRINT
from reports.documents.governor_report import GovernorReport
from reports.documents.marksheet_blank import MarksheetBlank
from reports.documents.pupil_progress import PupilProgress
from reports.exports.governor_report import drawn
from reports.exports.pupil_progress import drawn_pupil

_TYPES = {".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}


def governor_report_pdf(pack: GovernorReport) -> bytes:
    """The pack on two to seven pages of A4: with six year groups four and an appendix."""
    page = render_to_string("reports/governor_reports/governor_report.html", {"drawn": drawn(pack, PRINT)})
    return to_pdf(page)


def marksheet_blank_pdf(blank: MarksheetBlank) -> bytes:
    """A marksheet to write on: thirty pupils on a landscape page of A4."""
    return to_pdf(render_to_string("reports/marksheets/blank.html", {"blank": blank}), style="blank")


def pupil_progress_pdf(pupil: PupilProgress, *, school: str, made_on: dt.date) -> bytes:
    """A pupil's page for a review meeting: one page of A4, with as many of the latest notes as stand on it, three at most."""
    with _one_at_a_time:
        return _bytes(_pupil_page(pupil, school=school, made_on=made_on))


class PupilPages:
    """The pages of several pupils, each as `pupil_progress_pdf` makes it, as one document."""

    def __init__(self, *, school: str, made_on: dt.date) -> None:
        self._school, self._made_on = school, made_on
        self._made: list[Any] = []

    def add(self, pupil: PupilProgress) -> None:
        """Lay out a pupil's page behind those before: most of the work."""
        with _one_at_a_time:
            self._made.append(_pupil_page(pupil, school=self._school, made_on=self._made_on))

    def written(self, tell: Callable[[], None] = lambda: None) -> bytes:
        """The bytes of all that were added, of whom there has to be one. `tell` is called before each page; what it raises ends it.

        Work that grows with the pages: four hundred full ones take a minute or two.
        """
        with _one_at_a_time:
            whole = self._made[0].copy([_Told(page, tell) for each in self._made for page in each.pages])
            whole.metadata.title = f"{self._school}: pages of {len(self._made)} pupils"
            return _bytes(whole)


class _Told:
    """A laid out page which says that it is about to be drawn."""

    def __init__(self, page: Any, tell: Callable[[], None]) -> None:
        self._page, self._tell = page, tell

    def __getattr__(self, name: str) -> Any:
        return getattr(self._page, name)

    def paint(self, *where: Any) -> None:
        self._tell()
        self._page.paint(*where)


def _pupil_page(pupil: PupilProgress, *, school: str, made_on: dt.date) -> Any:
    context = {"drawn": drawn_pupil(pupil, PRINT), "pupil": pupil, "school": school, "made_on": made_on}
    for notes in range(min(3, len(pupil.notes)), -1, -1):
        page = render_to_string("reports/pupils/paper.html", context | {"notes": pupil.notes[:notes]})
        document = _laid_out(page, "pupil")
        if len(document.pages) == 1:
            break
    return document


def to_pdf(page: str, *, style: str = "pack") -> bytes:
    """The page's bytes in one of the styles for paper, the pack's where none is named; the same page gives the same bytes."""
    with _one_at_a_time:
        return _bytes(_laid_out(page, style))


def _laid_out(page: str, style: str) -> Any:
    """The document with its pages, which are not bytes yet.

    WeasyPrint is loaded here and not with the site: it takes a second, and the site starts without its libraries.
    """
    from weasyprint import HTML  # noqa: PLC0415

    _find_pages_once()
    fonts, styles = _style(style)
    html = HTML(string=page, base_url=f"{_static().as_uri()}/", url_fetcher=own_files())
    return html.render(font_config=fonts, stylesheets=[styles], pdf_variant=_VARIANT)


def _bytes(document: Any) -> bytes:
    content: bytes = document.write_pdf(pdf_variant=_VARIANT)
    return content


@cache
def _find_pages_once() -> None:
    """Let pydyf keep the list of a document's pages, which it works out anew for every tag: work that grows with the square of the pages."""
    import pydyf  # noqa: PLC0415

    def page_references(pdf: Any) -> tuple[bytes, ...]:
        pages = pdf.pages["Kids"]
        known, found = getattr(pdf, "found_pages", (0, ()))
        if known != len(pages):
            found = slow(pdf)
            pdf.found_pages = (len(pages), found)
        return tuple(found)

    slow = pydyf.PDF.page_references.fget
    pydyf.PDF.page_references = property(page_references)


_VARIANT = "pdf/ua-1"
# The unpacked fonts are not for two at once.
_one_at_a_time = threading.Lock()


@cache
def _style(name: str) -> tuple[Any, Any]:
    """The fonts, unpacked, and the style that names them: a good part of a document's work, done once for each process."""
    from weasyprint import CSS  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    fonts = FontConfiguration()
    # Else they would go when what they need has gone already.
    atexit.register(_style.cache_clear)
    return fonts, CSS(
        url=(_static() / f"css/{name}.css").as_uri(), font_config=fonts, url_fetcher=own_files()
    )


def _static() -> Path:
    return (Path(settings.BASE_DIR) / "static").resolve()


@cache
def own_files() -> Any:
    """What fetches for a PDF: files of our static folder, and what the page itself holds as data. Anything else is a ValueError.

    WeasyPrint's own would read any file of the machine and call any address.
    """
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class OwnFiles(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            path = _own_file(url)
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": _TYPES[path.suffix]})

    return OwnFiles(allowed_protocols=("data",))


def _own_file(url: str) -> Path:
    parts = urlsplit(url)
    path = Path(unquote(parts.path)).resolve()
    is_ours = parts.scheme == "file" and not parts.netloc and path.is_relative_to(_static())
    if not is_ours or path.suffix not in _TYPES or not path.is_file():
        raise ValueError(f"{url} is none of our own files: a PDF takes nothing else.")
    return path
