from typing import Any

from django.core.management.commands import migrate

from lep_tracker.database_roles import as_owner, refuse_without_aggregate_role
from lep_tracker.states_of_models import additions_take_no_classes


class Command(migrate.Command):
    """Django's migrate, as the owner of the database: the server's role may not change the schema."""

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner(), additions_take_no_classes():
            refuse_without_aggregate_role()
            super().handle(*args, **options)
