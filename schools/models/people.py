"""Who signs in. Accounts stand outside the wall: a person may belong to several schools, or to none."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    """Accounts are found by their e-mail address, in any case."""

    def create_user(self, email: str, name: str, password: str | None = None, **fields: Any) -> User:
        """Make an account; without a password it cannot sign in until one is set by e-mail."""
        user = self.model(email=email.strip().lower(), name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person with a sign-in. What they may see follows from their memberships alone."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    # Made by `manage.py demo` with a printed password: refused anywhere but on this machine.
    is_demo = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        # Sign-in looks for the address in small letters.
        constraints = [models.CheckConstraint(name="user_email_small", condition=Q(email=Lower("email")))]

    def __str__(self) -> str:
        return self.name
