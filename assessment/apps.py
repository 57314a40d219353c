from django.apps import AppConfig
from django.db.models.signals import post_migrate

from schools import led_subjects
from schools.signals import first_page_shown, records_corrected


class AssessmentConfig(AppConfig):
    name = "assessment"

    def ready(self) -> None:
        from assessment.engine.subjects import SUBJECTS
        from assessment.imports import importers
        from assessment.services.restating import follow_corrections
        from assessment.services.shipped import load_shipped
        from assessment.services.whole_school import go_with_every_school
        from assessment.views.marksheets import favourites
        from schools import import_kinds

        led_subjects.offer((each.code, each.name) for each in SUBJECTS)
        import_kinds.register(importers.JUDGEMENTS)
        import_kinds.register(importers.PROFILES)
        records_corrected.connect(follow_corrections)
        first_page_shown.connect(favourites)
        go_with_every_school()
        # Also after a flush, which empties reference data with everything else.
        post_migrate.connect(load_shipped, sender=self)
