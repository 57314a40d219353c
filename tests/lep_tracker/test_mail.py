"""Mail without a mail server: files that only the site's own user reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.mail import get_connection, send_mail


def test_mail_in_files_is_readable_by_its_owner_alone(tmp_path: Path, settings: Any) -> None:
    settings.EMAIL_FILE_PATH = tmp_path / "data" / "mail"
    # An earlier version left it open.
    settings.EMAIL_FILE_PATH.mkdir(parents=True, mode=0o755)
    for _ in range(2):
        send_mail(
            "Subject",
            "A link",
            None,
            ["a@school.test"],
            connection=get_connection("lep_tracker.mail.PrivateFileBackend"),
        )
    folder = tmp_path / "data" / "mail"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(list(folder.iterdir())) >= 1
