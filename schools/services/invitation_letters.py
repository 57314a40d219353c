"""The letter that brings an invitation."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from schools.models import Role, School
from schools.services.invitations import Sent

logger = logging.getLogger(__name__)


class LetterNotSentError(Exception):
    """The mail server did not take the letter."""


def link_of(sent: Sent, school: School) -> str:
    """The address at which the invitation is accepted: it holds the school's number and the key, and nothing of the person."""
    return str(settings.SITE_ADDRESS) + reverse("accept_invitation", args=[school.urn, sent.key])


def send_letter(sent: Sent, *, school: School) -> None:
    """Send it now. Raises LetterNotSentError; inside a transaction nothing of the invitation stays then."""
    invitation = sent.invitation
    context = {
        "invitation": invitation,
        "school": school,
        "roles": [str(Role(role).label) for role in invitation.roles],
        "link": link_of(sent, school),
        "site": settings.SITE_ADDRESS,
    }
    text = render_to_string("schools/people/invitation_letter.txt", context)
    try:
        send_mail(f"{school.name}: your way into LEP Tracker", text, None, [invitation.email])
    except (OSError, SMTPException) as error:
        # The kind alone: what a mail server says back holds the address.
        logger.warning("A letter of invitation was not sent: %s", type(error).__name__)
        raise LetterNotSentError from error
