"""Mail on an installation that has no mail server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.filebased import EmailBackend

from lep_tracker.data_directory import create_directory


class PrivateFileBackend(EmailBackend):
    """Into files that only the site's own system user reads: they hold links that set passwords."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        folder = Path(settings.EMAIL_FILE_PATH)
        create_directory(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        super().__init__(*args, **kwargs)
