"""Settings of the school's own sign-in provider, from the environment."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

# As the addresses name it: /account/sign-in/with/school/.
PROVIDER_ID = "school"


def identity_provider() -> tuple[dict[str, Any], list[str]]:
    """django-allauth's SOCIALACCOUNT_PROVIDERS, and the origin that forms may lead on to; without a provider both hold none.

    Raises ImproperlyConfigured where one of the four variables is missing, or where the server would be asked in clear.
    """
    names = ("LEP_OIDC_SERVER", "LEP_OIDC_CLIENT_ID", "LEP_OIDC_SECRET", "LEP_OIDC_NAME")
    found = {name: os.environ.get(name, "") for name in names}
    if not any(found.values()):
        return {}, []
    if missing := [name for name, value in found.items() if not value]:
        raise ImproperlyConfigured(f"{' and '.join(missing)} not set: {', '.join(names)} go together.")
    server, client_id, secret, name = found.values()
    parts = urlsplit(server)
    if parts.scheme != "https" or not parts.hostname:
        raise ImproperlyConfigured(f"LEP_OIDC_SERVER is {server!r}: write https://host.example/path.")
    return provider_settings(server, client_id, secret, name), [f"https://{parts.netloc}"]


def provider_settings(server: str, client_id: str, secret: str, name: str) -> dict[str, Any]:
    """One provider of this kind, as django-allauth wants to be told."""
    app = {
        "provider_id": PROVIDER_ID,
        "name": name,
        "client_id": client_id,
        "secret": secret,
        # The signed token says who it is; nothing else is asked for.
        "settings": {"server_url": server.rstrip("/"), "fetch_userinfo": False},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
