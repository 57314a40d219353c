from typing import Any

from django.core.management.commands import flush

from lep_tracker.database_roles import as_owner


class Command(flush.Command):
    """Django's flush, as the owner of the database: the server's role may not empty tables."""

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            super().handle(*args, **options)
