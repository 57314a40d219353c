from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "schools"

    def ready(self) -> None:
        from schools import import_kinds, job_kinds, sync_kinds
        from schools.imports import ctf_importer, import_jobs, roll_dropping, roll_importer

        import_kinds.register(roll_importer.KIND)
        import_kinds.register(ctf_importer.KIND)
        sync_kinds.register(roll_dropping.CTF)
        sync_kinds.register(roll_dropping.ROLL)
        job_kinds.register(import_jobs.LOOKING)
        job_kinds.register(import_jobs.TAKING)
