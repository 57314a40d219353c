from django.apps import AppConfig, apps
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from lep_tracker.database_roles import grant_to_server, refuse_strong_role


class LepTrackerConfig(AppConfig):
    name = "lep_tracker"

    def ready(self) -> None:
        # Not before the models are loaded.
        from lep_tracker import sign_in_records  # noqa: PLC0415

        connection_created.connect(refuse_strong_role)
        sign_in_records.connect()
        # Once a migrate; the tables of all applications are there before the first of these signals.
        post_migrate.connect(grant_to_server, sender=apps.get_app_config("schools"))
