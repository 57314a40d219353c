"""Settings: one file, read from the environment, secure unless told otherwise.

Every variable that is read here is described in docs/settings.md; a test compares the two.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pghistory
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from lep_tracker.data_directory import data_directory
from lep_tracker.embedded_postgres import PORT as EMBEDDED_PORT
from lep_tracker.embedded_postgres import embedded
from lep_tracker.environment import (
    database_from_url,
    environment_flag,
    environment_number,
    kept_secret_key,
    site_address,
)
from lep_tracker.identity_provider import identity_provider

BASE_DIR = Path(__file__).resolve().parent.parent


# Where the site is: everything about hosts and HTTPS follows from this one address.

DEBUG = environment_flag("LEP_DEBUG")
PORT = environment_number("LEP_PORT", 8000)
SITE_ADDRESS = site_address(os.environ.get("LEP_SITE_ADDRESS", "") or f"http://localhost:{PORT}")
_site = urlsplit(SITE_ADDRESS)
IS_HTTPS = _site.scheme == "https"
IS_LOCAL = _site.hostname == "localhost"
if not IS_HTTPS and not IS_LOCAL:
    raise ImproperlyConfigured(
        f"LEP_SITE_ADDRESS is {SITE_ADDRESS!r}: pupils' data may leave this machine by https only."
    )

ALLOWED_HOSTS = [_site.hostname]
CSRF_TRUSTED_ORIGINS = [SITE_ADDRESS]
SECRET_KEY = os.environ.get("LEP_SECRET_KEY", "") or kept_secret_key()

# How many proxies stand in front: so many entries of X-Forwarded-For are believed.
PROXIES = environment_number("LEP_PROXIES", 0)
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES

# The applications

INSTALLED_APPS = [
    "lep_tracker",
    "schools",
    "assessment",
    "reports",
    "django_linear_migrations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "lep_tracker.middleware.request_id",
    "lep_tracker.middleware.browser_headers",
    "lep_tracker.middleware.one_address",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "lep_tracker.middleware.three_methods",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lep_tracker.middleware.SignInRequiredMiddleware",
    "lep_tracker.middleware.SecondStepMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lep_tracker.middleware.personal_pages",
]

ROOT_URLCONF = "lep_tracker.urls"
WSGI_APPLICATION = "lep_tracker.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lep_tracker.navigation.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# The database: the server's role here; the owner's beside it, for `migrate` and the tests alone.

IS_DATABASE_EMBEDDED = not os.environ.get("DATABASE_URL")
if IS_DATABASE_EMBEDDED:
    _database: dict[str, Any] = {
        "NAME": "lep_tracker",
        "USER": "lep_app",
        "HOST": str(embedded().socket_directory),
        "PORT": str(EMBEDDED_PORT),
    }
    DATABASE_OWNER: dict[str, Any] | None = {"USER": "lep_owner"}
else:
    _database = database_from_url("DATABASE_URL")
    DATABASE_OWNER = None
    if os.environ.get("DATABASE_OWNER_URL"):
        _owner = database_from_url("DATABASE_OWNER_URL")
        DATABASE_OWNER = {key: _owner[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}

# The demo is for trying the site: where others reach it its accounts are refused, and a real server holds real schools.
LOADS_DEMO = environment_flag("LEP_DEMO") if os.environ.get("LEP_DEMO") else IS_DATABASE_EMBEDDED and IS_LOCAL

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        **_database,
    }
}

CACHES = {
    "default": {
        # Throttling counts here, for all workers alike; a table, so that a restart forgets nothing.
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "lep_tracker_cache",
        # Django's own limit of 300 would let whoever makes many attempts push the counts of others out.
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}

# History: who, which change-set and which request stand in each event's own JSON.

PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
# Histories are read by the row they are about, which stays indexed; each further index costs at every write.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)

# Counts of 1 to this many are hidden, with whatever they follow from, where a reader may see no names; 0 hides nothing.
# Whom to turn to about data protection where a school names nobody: an e-mail address or a web address.
COMPLAINTS_CONTACT = os.environ.get("LEP_COMPLAINTS_CONTACT", "")
SMALL_COUNT = environment_number("LEP_SMALL_COUNT", 5)

# Files that the worker made are removed when they are so many hours old.
KEEP_FILES_HOURS = environment_number("LEP_KEEP_FILES_HOURS", 24)
# So long one job may take the worker: then it fails, and what others asked for is made.
LONGEST_JOB_MINUTES = environment_number("LEP_LONGEST_JOB_MINUTES", 30)

# Signing in

AUTH_USER_MODEL = "schools.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "lep_tracker.passwords.CommonPartsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "lep_tracker.sign_in.AccountAdapter"
ACCOUNT_FORMS = {"login": "lep_tracker.sign_in.SignInForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    # Ours: letters of invitation, of a person and of a school.
    "invite": "100/h/user,100/h/key",
}

# Whether everybody is asked for a second step; else those whose school or partnership asks.
REQUIRES_SECOND_FACTOR = environment_flag("LEP_REQUIRE_SECOND_FACTOR")
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_ADAPTER = "lep_tracker.provider.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS, PROVIDER_ORIGIN = identity_provider()
MFA_ADAPTER = "lep_tracker.second_step.MFAAdapter"
MFA_FORMS = {"add_webauthn": "lep_tracker.second_step.AddPasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Nobody types their own address in: the school vouches for it.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# A whole school comes from one address, and each passkey asks twice.
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}
MFA_TOTP_ISSUER = "LEP Tracker"
# Passkeys are bound to the address; browsers count http://localhost as safe, which the library has to be told.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS

SESSION_ENGINE = "lep_tracker.session_store"
# So long a session may lie unused; 0: until it ends otherwise.
IDLE_MINUTES = environment_number("LEP_IDLE_MINUTES", 60)
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "lep_tracker.notices.NoticeStorage"
CSRF_FAILURE_VIEW = "lep_tracker.errors.csrf_failure"

# Headers

SECURE_SSL_REDIRECT = IS_HTTPS
# Whatever watches the service asks the process itself, past the proxy.
SECURE_REDIRECT_EXEMPT = [r"^health/(live/|ready/)?$"]
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        # A browser holds the provider, to which a form leads on, against it too.
        "form-action": [SELF, *PROVIDER_ORIGIN],
        "frame-ancestors": [NONE],
        "img-src": [SELF],
        "manifest-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "worker-src": [SELF],
    }
}

# Files

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / ".static"
# The guides show their pictures.
STATICFILES_DIRS = [BASE_DIR / "static", ("help", BASE_DIR / "docs" / "pictures")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A marksheet without script is a form with two fields a cell: for a year group of 300 in all seventeen areas.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 11_000

# Mail: by a server where one is named, else into files beside the embedded database.

DEFAULT_FROM_EMAIL = os.environ.get("LEP_EMAIL_FROM", "") or "LEP Tracker <no-reply@localhost>"
EMAIL_HOST = os.environ.get("LEP_EMAIL_HOST", "")
if EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_PORT = environment_number("LEP_EMAIL_PORT", 587)
    EMAIL_HOST_USER = os.environ.get("LEP_EMAIL_USER", "")
    EMAIL_HOST_PASSWORD = os.environ.get("LEP_EMAIL_PASSWORD", "")
    EMAIL_USE_SSL = EMAIL_PORT == 465
    EMAIL_USE_TLS = not EMAIL_USE_SSL
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "lep_tracker.mail.PrivateFileBackend"
    EMAIL_FILE_PATH = data_directory() / "mail"

# Language and time: stored in UTC, shown in England's.

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False

# Logs: no personal data; a request is named by its id.

LOG_FORMAT = os.environ.get("LEP_LOG_FORMAT", "") or "line"
if LOG_FORMAT not in {"line", "json"}:
    raise ImproperlyConfigured(f"LEP_LOG_FORMAT is {LOG_FORMAT!r}: write line or json.")
LOGGING = {
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
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # A stray probe by address is answered with 400; a traceback for each would drown what matters.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        # A line for each request is for programs to read.
        "lep_tracker.access": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
}
