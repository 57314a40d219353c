"""What somebody is at a school, and the invitation to it; and how the invited come in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from schools.led_subjects import NAMES
from schools.models import ClassGroup, Role, User
from schools.services.invitations import checked_email
from schools.services.people import checked_name
from schools.services.staff import refuse_unfitting


class AccessForm(forms.Form):
    """Roles, classes and subjects: of each only what is offered. `classes` gives the classes themselves."""

    roles = forms.TypedMultipleChoiceField(
        label="Roles",
        coerce=Role,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one role.",
            "invalid_choice": "Choose roles of this list: others are not yours to give.",
        },
    )
    classes = forms.MultipleChoiceField(
        label="Classes to teach",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "A class of another school or year was chosen. Choose again."},
    )
    subjects = forms.MultipleChoiceField(
        label="Subjects to lead",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="For subject leaders. It says whom to ask; what they see follows from the role.",
        error_messages={"invalid_choice": "A subject that is not in this list was chosen. Choose again."},
    )

    def __init__(
        self,
        *args: Any,
        roles: Collection[Role],
        classes: Mapping[str, ClassGroup],
        year: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered = classes
        self._offer("roles", [(role.value, str(role.label)) for role in roles])
        self._offer("classes", [(key, group.name) for key, group in classes.items()])
        self._offer("subjects", list(NAMES.items()))
        self.fields["classes"].label = f"Classes to teach in {year}"
        for name in ("classes", "subjects"):
            if not self.fields[name].choices:  # type: ignore[attr-defined]
                del self.fields[name]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_classes(self) -> list[ClassGroup]:
        return [self.offered[key] for key in self.cleaned_data["classes"]]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        said.setdefault("classes", [])
        said.setdefault("subjects", [])
        if "roles" in said:
            try:
                refuse_unfitting(
                    said["roles"], has_classes=bool(said["classes"]), has_subjects=bool(said["subjects"])
                )
            except ValueError as error:
                raise forms.ValidationError(str(error)) from error
        return said


class InvitationForm(AccessForm):
    """Whom to invite, and to what."""

    name = forms.CharField(
        label="Name",
        max_length=200,
        help_text="As colleagues know them. They can put it right.",
        error_messages={"required": "Type the name."},
    )
    email = forms.EmailField(
        label="Email address",
        max_length=254,
        help_text="Their own at school, which nobody else reads: who opens the link in the letter comes in.",
        error_messages={
            "required": "Type the email address.",
            "invalid": "That is not an email address, such as name@school.example.",
        },
    )
    field_order = ("name", "email", "roles", "classes", "subjects")

    def clean_name(self) -> str:
        return _checked(checked_name, self.cleaned_data["name"])

    def clean_email(self) -> str:
        return _checked(checked_email, self.cleaned_data["email"])


class CorrectedNameForm(forms.Form):
    """What somebody is called who is here already."""

    name = forms.CharField(
        label="Name",
        max_length=200,
        help_text="As colleagues know them.",
        error_messages={"required": "Type the name."},
    )

    def clean_name(self) -> str:
        return _checked(checked_name, self.cleaned_data["name"])


class NewAccountForm(forms.Form):
    """What somebody says who comes in for the first time."""

    name = forms.CharField(
        label="Your name",
        max_length=200,
        help_text="As your colleagues know you.",
        error_messages={"required": "Type your name."},
    )
    password = forms.CharField(
        label="A password",
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Three or four words together do well.",
        error_messages={"required": "Choose a password."},
    )
    again = forms.CharField(
        label="The same again",
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Type the password once more."},
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_name(self) -> str:
        return _checked(checked_name, self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        password = said.get("password")
        if password and "again" in said and said["again"] != password:
            self.add_error("again", "This is not the password above. Type it once more.")
        elif password:
            try:
                validate_password(password, User(email=self.email, name=said.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return said


def _checked(check: Any, text: str) -> str:
    try:
        return str(check(text))
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error
