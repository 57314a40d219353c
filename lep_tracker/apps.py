from django.apps import AppConfig, apps
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from lep_tracker.database_roles import grant_to_server, refuse_strong_role


class LepTrackerConfig(AppConfig):
    name = "lep_tracker"

    def ready(self) -> None:
        from allauth.account import signals as account
        from allauth.mfa import signals as mfa
        from django.contrib.auth.signals import user_logged_in

        from lep_tracker import sessions

        connection_created.connect(refuse_strong_role)
        user_logged_in.connect(sessions.remember_sign_in)
        for changed in (
            account.password_changed,
            account.password_set,
            account.password_reset,
            mfa.authenticator_added,
            mfa.authenticator_removed,
        ):
            changed.connect(sessions.end_others)
        # Once a migrate; the tables of all applications are there before the first of these signals.
        post_migrate.connect(grant_to_server, sender=apps.get_app_config("schools"))
