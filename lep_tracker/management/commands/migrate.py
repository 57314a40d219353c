from typing import Any

from django.core.management.commands import migrate

from lep_tracker.database_roles import as_owner, refuse_without_aggregate_role
from lep_tracker.states_of_models import few_classes_made


class Command(migrate.Command):
    """Django's migrate, as the owner of the database: the server's role may not change the schema."""

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner(), few_classes_made():
            refuse_without_aggregate_role()
            super().handle(*args, **options)
