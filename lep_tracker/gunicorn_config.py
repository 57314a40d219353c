"""How gunicorn serves the site: `gunicorn --config python:lep_tracker.gunicorn_config`.

Workers share the memory of the master, which loads the site to check the database: a new version needs a restart, a
reload is not enough.
"""

import os
import sys
from typing import Any


def _number(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or int(value) == 0:
        sys.exit(f"{name} is {value!r}: write a whole number from 1 up.")
    return int(value)


host = os.environ.get("LEP_BIND") or "127.0.0.1"
port = _number("LEP_PORT", 8000)

wsgi_app = "lep_tracker.wsgi"
bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
worker_class = "lep_tracker.gunicorn_worker.EvenWorker"
workers = _number("LEP_WORKERS", 2)
threads = _number("LEP_THREADS", 4)

# A request gets a minute, and the same to finish when the server is stopped.
timeout = 60
graceful_timeout = 60
# Proxies keep connections for about a minute; a thread is not held by an idle one.
keepalive = 75

# Workers touch a file to say that they live; on a disk that can take long enough to have them killed.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True
# Whether a request came by https is for the settings to believe (LEP_PROXIES), not for gunicorn.
secure_scheme_headers: dict[str, str] = {}
# Addresses of pages name pupils and carry searches: there is no access log. Errors are logged by Django.
accesslog = None
loglevel = "warning"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "lep_tracker.logs.PlainFormatter",
            "format": "{asctime} {levelname} {request_id} {name} {message}",
            "style": "{",
        },
        "json": {"()": "lep_tracker.logs.JsonFormatter"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json" if os.environ.get("LEP_LOG_FORMAT") == "json" else "line",
        }
    },
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {"gunicorn.error": {"level": "WARNING", "handlers": ["stderr"], "propagate": False}},
}


def on_starting(server: Any) -> None:
    """Refuse to serve without the database, or with a role that is too strong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lep_tracker.settings")
    import django

    from lep_tracker.starting import plain_errors, start_embedded_database

    with plain_errors():
        start_embedded_database()
        django.setup()
        from django.db import connection

        connection.ensure_connection()
        # The workers are forked from here: a connection must not be shared by them.
        connection.close()


def post_fork(server: Any, worker: Any) -> None:
    worker.heard_before = server.SIG_QUEUE


def child_exit(server: Any, worker: Any) -> None:
    from lep_tracker.gunicorn_worker import forget

    forget(worker)


def when_ready(server: Any) -> None:
    from django.conf import settings

    print(f"Serving on {settings.SITE_ADDRESS} (Ctrl-C stops it).", flush=True)
