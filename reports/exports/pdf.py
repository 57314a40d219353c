"""A page of ours as a PDF: tagged for readers (PDF/UA-1), our own fonts and styles inside, nothing fetched from elsewhere."""

from __future__ import annotations

import atexit
import datetime as dt
import threading
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
    """The pack on two to four pages of A4."""
    page = render_to_string("reports/governor_reports/governor_report.html", {"drawn": drawn(pack, PRINT)})
    return to_pdf(page)


def marksheet_blank_pdf(blank: MarksheetBlank) -> bytes:
    """A marksheet to write on: thirty pupils on a landscape page of A4."""
    return to_pdf(render_to_string("reports/marksheets/blank.html", {"blank": blank}), style="blank")


def pupil_progress_pdf(pupil: PupilProgress, *, school: str, made_on: dt.date) -> bytes:
    """A pupil's page for a review meeting: one page of A4, with as many of the latest notes as stand on it, three at most."""
    context = {"drawn": drawn_pupil(pupil, PRINT), "pupil": pupil, "school": school, "made_on": made_on}
    content, pages = b"", 0
    for notes in range(min(3, len(pupil.notes)), -1, -1):
        page = render_to_string("reports/pupils/paper.html", context | {"notes": pupil.notes[:notes]})
        content, pages = _written(page, "pupil")
        if pages == 1:
            break
    return content


def to_pdf(page: str, *, style: str = "pack") -> bytes:
    """The page's bytes in one of the styles for paper, the pack's where none is named; the same page gives the same bytes."""
    return _written(page, style)[0]


def _written(page: str, style: str) -> tuple[bytes, int]:
    """The bytes, and how many pages they are.

    WeasyPrint is loaded here and not with the site: it takes a second, and the site starts without its libraries.
    """
    from weasyprint import HTML  # noqa: PLC0415

    with _one_at_a_time:
        fonts, styles = _style(style)
        document = HTML(string=page, base_url=f"{_static().as_uri()}/", url_fetcher=own_files())
        pages: list[int] = []
        content: bytes = document.write_pdf(
            stylesheets=[styles],
            font_config=fonts,
            pdf_variant="pdf/ua-1",
            finisher=lambda laid_out, _: pages.append(len(laid_out.pages)),
        )
    return content, pages[0]


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
