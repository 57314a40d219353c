"""The whole database as one file, and back: `manage.py backup` and `manage.py restore` ([docs/operator.md](../../docs/operator.md#backups))."""
