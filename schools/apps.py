from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "schools"

    def ready(self) -> None:
        from schools import import_kinds, job_kinds
        from schools.imports import import_jobs, roll_importer

        import_kinds.register(roll_importer.KIND)
        job_kinds.register(import_jobs.LOOKING)
        job_kinds.register(import_jobs.TAKING)
