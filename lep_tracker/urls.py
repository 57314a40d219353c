"""The map of the site."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path, re_path, register_converter

from lep_tracker import errors, views
from schools.addresses import (
    AcademicYearConverter,
    TableFormatConverter,
    UrnConverter,
    YearGroupConverter,
)

register_converter(UrnConverter, "urn")
register_converter(AcademicYearConverter, "year")
register_converter(YearGroupConverter, "year_group")
register_converter(TableFormatConverter, "table_format")

# django-allauth's own addresses, only those that this site uses.
account_urls = [
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("sign-up/", account.signup, name="account_signup"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/forgotten/", account.password_reset, name="account_reset_password"),
    path("password/forgotten/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/new/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("password/set/", account.password_set, name="account_set_password"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
]

urlpatterns = [
    path("", include("schools.urls")),
    path("schools/<urn:urn>/<year:year>/", include("assessment.urls")),
    path("schools/<urn:urn>/<year:year>/", include("reports.urls")),
    path("partnerships/<int:partnership_id>/", include("reports.partnership_urls")),
    path("account/", include(account_urls)),
    path("help/", views.help_index, name="help"),
    path("help/<slug:key>/", views.help_guide, name="help_guide"),
    path("health/", views.health, name="health"),
    path("offline/", views.offline, name="offline"),
    path("privacy/", views.privacy, name="privacy"),
    path("service-worker.js", views.service_worker, name="service_worker"),
    path("favicon.ico", views.favicon, name="favicon"),
]

# Every other address is behind one of the two doors of schools/access.py; a test walks the map and compares.
ADDRESSES_OUTSIDE_THE_DOOR = {
    "home": "chooses a school: shows the person's own schools, opens none",
    "accept_invitation": "who is invited has no school yet: opens the school for the one invitation that the key in the address opens",
    "account_login": "signing in comes before any school",
    "account_logout": "signing out",
    "account_inactive": "says that the account is closed",
    "account_signup": "says that nobody signs up here",
    "account_change_password": "one's own password",
    "account_reset_password": "a forgotten password, before signing in",
    "account_reset_password_done": "the same",
    "account_reset_password_from_key": "the same, by the link that was mailed",
    "account_reset_password_from_key_done": "the same",
    "account_set_password": "one's own password",
    "account_reauthenticate": "one's own password again",
    "help": "the guides, which hold nothing of a school",
    "help_guide": "the same",
    "health": "for whatever watches the service: says ok",
    "offline": "a page about having no connection",
    "privacy": "what is held and why, for whoever asks; says nothing of a school",
    "service_worker": "a script without data",
    "favicon": "a picture",
}

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
