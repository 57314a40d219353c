from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        """Tell the worker what it can be asked for here."""
        # Models are there only now.
        from reports.job_kinds import PACK, PUPIL_PAGES, WHOLE_SCHOOL
        from schools.job_kinds import register

        for kind in (PACK, PUPIL_PAGES, WHOLE_SCHOOL):
            register(kind)
