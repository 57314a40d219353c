"""The map of the site."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount.providers.openid_connect import views as openid
from django.urls import include, path, re_path, register_converter

from lep_tracker import account as own_account
from lep_tracker import errors, provider, views
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
    path("again/code/", second_step.reauthenticate, name="mfa_reauthenticate"),
    path("again/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    # Not below the sign-in: static/js/marksheet/signing.js tells by the address that there is more to do.
    path("second-step/code/", second_step.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/with/<slug:provider_id>/", provider.to_provider, name="openid_connect_login"),
    path("sign-in/with/<slug:provider_id>/done/", openid.callback, name="openid_connect_callback"),
    path("second-step/", second_step.index, name="mfa_index"),
    path("second-step/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-step/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-step/codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "second-step/codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path(
        "second-step/codes/file/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"
    ),
    path("second-step/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("second-step/passkeys/new/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("second-step/passkeys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("second-step/passkeys/<int:pk>/name/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("", own_account.your_account, name="account"),
    path("signed-in/end/", own_account.end_sign_ins, name="end_sign_ins"),
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
    "mfa_reauthenticate": "one's own code again",
    "mfa_reauthenticate_webauthn": "one's own passkey again",
    "mfa_authenticate": "the second step of signing in",
    "mfa_login_webauthn": "signing in with a passkey",
    "openid_connect_login": "signing in by the school's provider",
    "openid_connect_callback": "the same, on the way back",
    "mfa_index": "one's own second step",
    "mfa_activate_totp": "the same: an app",
    "mfa_deactivate_totp": "the same: an app no longer",
    "mfa_view_recovery_codes": "the same: codes on paper",
    "mfa_generate_recovery_codes": "the same: new codes on paper",
    "mfa_download_recovery_codes": "the same: codes as a file",
    "mfa_list_webauthn": "the same: passkeys",
    "mfa_add_webauthn": "the same: a new passkey",
    "mfa_remove_webauthn": "the same: a passkey no longer",
    "mfa_edit_webauthn": "the same: a passkey's name",
    "account": "one's own account",
    "end_sign_ins": "one's own sign-ins",
    "health": "for whatever watches the service: says ok",
    "offline": "a page about having no connection",
    "service_worker": "a script without data",
    "favicon": "a picture",
}

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
