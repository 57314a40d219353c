"""The site for a WSGI server; without DATABASE_URL it finds the embedded database running, or starts it."""

import os

from lep_tracker.starting import loaded_application, start_embedded_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lep_tracker.settings")
start_embedded_database()
application = loaded_application()
