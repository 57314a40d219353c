"""What is held of people: each table and column, why, and how long. Plain data; docs/data-map.md is made from it.

A table or column that is not here fails the tests (tests/test_data_map.py), so that nobody adds one without having thought about it.
Sources: UK GDPR articles 6, 9 and 30; Data Protection Act 2018, Schedule 1; the IRMS toolkit for schools on how long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a column says."""

    PERSONAL = "personal"
    SPECIAL = "special category"
    TEXT = "free text"
    STAFF = "staff"
    KEY = "key"
    NONE = "not personal"


class Whose(StrEnum):
    """Of whom a table's rows are."""

    PUPIL = "pupils"
    STAFF = "staff"
    NOBODY = "nobody"


class Basis(StrEnum):
    """The lawful basis."""

    TASK = "public task, Art. 6(1)(e)"
    SPECIAL_TASK = "public task, Art. 6(1)(e); special category: Art. 9(2)(g) and DPA 2018 Sch. 1 para. 6"
    NONE = "none needed"


class Retention(StrEnum):
    """How long a row is kept."""

    PUPIL = "with the pupil's record: until the school's rule is met, then anonymised or erased after review"
    FIGURES = "as long as the school keeps its figures; names nobody"
    STAFF = "as long as the history that names the account is kept"
    RECORD = (
        "as long as the school is here: nobody can remove a line; of an erased pupil it no longer says whose"
    )
    REMOVAL = "as long as the school is here: it proves what was removed"
    DAY = "a day after it was made (LEP_KEEP_FILES_HOURS)"
    SIGN_IN = "until signed out, or twelve hours"
    SYSTEM = "as long as the program needs it"


@dataclass(frozen=True, kw_only=True)
class Held:
    """One table. `pupil` is the column that leads to the pupil's key; "" where no row is of one pupil.

    `shared` says that rows may go to another school of the partnership, as a copy, when the pupil does.
    """

    whose: Whose
    why: str
    basis: Basis = Basis.TASK
    retention: Retention
    pupil: str = ""
    shared: bool = False
    columns: Mapping[Kind, str] = field(default_factory=dict)

    def kinds(self) -> dict[str, Kind]:
        """The kind of each column by its name; of a column named twice, the last."""
        return {name: kind for kind, names in self.columns.items() for name in names.split()}

    @property
    def is_personal(self) -> bool:
        return self.whose is not Whose.NOBODY


# What an event of a history says beside its row (docs/data-dictionary.md, Histories): pgh_context holds the account's number.
OF_EVENTS: Mapping[str, Kind] = {
    "pgh_id": Kind.KEY,
    "pgh_obj_id": Kind.KEY,
    "pgh_label": Kind.NONE,
    "pgh_created_at": Kind.NONE,
    "pgh_context": Kind.STAFF,
    "pgh_context_id": Kind.NONE,
}

_OWN = "id school_id public_id"
_COPIED = f"{_OWN} origin_school_id origin_id"


def system(why: str, columns: str) -> Held:
    """A table in which nobody is named."""
    return Held(
        whose=Whose.NOBODY,
        why=why,
        basis=Basis.NONE,
        retention=Retention.SYSTEM,
        columns={Kind.NONE: columns},
    )


def figures(why: str, columns: str, *, staff: str = "", text: str = "") -> Held:
    """A table of a school about no one pupil."""
    return Held(
        whose=Whose.STAFF if staff else Whose.NOBODY,
        why=why,
        basis=Basis.TASK if staff else Basis.NONE,
        retention=Retention.FIGURES,
        columns={Kind.KEY: _OWN, Kind.STAFF: staff, Kind.TEXT: text, Kind.NONE: columns},
    )


def _period(why: str, personal: str, *, special: str = "", text: str = "", staff: str = "") -> Held:
    """A table of what was true of a pupil for a time."""
    return Held(
        whose=Whose.PUPIL,
        why=why,
        basis=Basis.SPECIAL_TASK if special else Basis.TASK,
        retention=Retention.PUPIL,
        pupil="pupil_id",
        shared=True,
        columns={
            Kind.KEY: f"{_COPIED} pupil_id",
            Kind.PERSONAL: personal,
            Kind.SPECIAL: special,
            Kind.TEXT: text,
            Kind.STAFF: staff,
        },
    )


SCHOOLS: Mapping[str, Held] = {
    "schools_pupil": Held(
        whose=Whose.PUPIL,
        why="To know which child a record is of, and to measure by age",
        retention=Retention.PUPIL,
        pupil="id",
        shared=True,
        columns={
            Kind.KEY: f"{_COPIED} merged_into_id",
            Kind.PERSONAL: "person_key upn surname forename preferred_surname preferred_forename date_of_birth sex",
            Kind.TEXT: "disputed",
            Kind.NONE: "anonymised_at",
        },
    ),
    "schools_enrolment": Held(
        whose=Whose.PUPIL,
        why="To count a pupil on the days the pupil was at the school, and to know when the pupil left",
        retention=Retention.PUPIL,
        pupil="pupil_id",
        shared=True,
        columns={Kind.KEY: f"{_COPIED} pupil_id", Kind.PERSONAL: "starts_on is_start_assumed ends_on"},
    ),
    "schools_pupilyear": Held(
        whose=Whose.PUPIL,
        why="To teach and support, and to see whether groups of pupils do equally well (Equality Act 2010, s149)",
        basis=Basis.SPECIAL_TASK,
        retention=Retention.PUPIL,
        pupil="pupil_id",
        shared=True,
        columns={
            Kind.KEY: f"{_COPIED} pupil_id class_group_id",
            Kind.PERSONAL: "academic_year year_group is_pupil_premium is_fsm6 is_disadvantaged is_eal is_service_child"
            " attendance",
            # Being looked after is not in Art. 9; it is treated as if it were.
            Kind.SPECIAL: "sen_status is_looked_after is_previously_looked_after ethnicity",
        },
    ),
    "schools_fsmperiod": _period(
        "To know who is disadvantaged, and in which years", "kind country starts_on ends_on source"
    ),
    "schools_senperiod": _period(
        "To support a need, and to know in which years there was one",
        "starts_on ends_on source",
        special="code status",
    ),
    "schools_senneed": _period("To support a need", "rank starts_on ends_on source", special="need"),
    "schools_careperiod": _period(
        "To support who is or was looked after, and to know in which years",
        "starts_on ends_on source",
        special="kind arrangement authority",
    ),
    "schools_schoolattended": _period(
        "To know where a pupil came from, and whom to ask for a record",
        "dfe_number urn name starts_on ends_on leaving_reason is_last source",
    ),
    "schools_ctfresultraw": _period(
        "To know what a pupil reached in statutory assessments, and to hand it on",
        "stage locale year subject method component status qualifier result result_date",
    ),
    "schools_yearlyclaim": _period(
        "To be able to say where a value of a year came from",
        "academic_year flag source as_of",
        special="value",
        text="reason",
        staff="said_by_id",
    ),
    "schools_customgrouppupil": Held(
        whose=Whose.PUPIL,
        why="To teach and follow a group that the school made",
        retention=Retention.PUPIL,
        pupil="pupil_id",
        columns={Kind.KEY: f"{_OWN} group_id pupil_id", Kind.PERSONAL: "academic_year"},
    ),
    "schools_retentionhold": Held(
        whose=Whose.PUPIL,
        why="To be able to say why a record was kept longer than the rule",
        retention=Retention.PUPIL,
        pupil="pupil_id",
        columns={
            Kind.KEY: f"{_OWN} pupil_id",
            Kind.PERSONAL: "keep_until decided_at",
            Kind.TEXT: "reason",
            Kind.STAFF: "decided_by_id",
        },
    ),
    "schools_toldapart": Held(
        whose=Whose.PUPIL,
        why="Not to ask again whether the record is a second one of another child",
        retention=Retention.PUPIL,
        pupil="pupil_id",
        columns={
            Kind.KEY: f"{_OWN} pupil_id pair",
            Kind.PERSONAL: "decided_at",
            Kind.TEXT: "reason",
            Kind.STAFF: "decided_by_id",
        },
    ),
    "schools_pupilremoval": Held(
        whose=Whose.STAFF,
        why="To prove that a record was removed, by whom and why; of an erased one also which",
        retention=Retention.REMOVAL,
        columns={
            Kind.KEY: f"{_OWN} pupil_key",
            Kind.STAFF: "removed_by_id",
            Kind.TEXT: "reason",
            Kind.NONE: "kind removed_on is_done",
        },
    ),
    "schools_retentionrule": figures("How long records are kept", "kind counted_from years"),
    "schools_auditrecord": Held(
        whose=Whose.PUPIL,
        why="To know who opened a pupil's page or took a file, and what was refused to whom",
        retention=Retention.RECORD,
        pupil="pupil_id",
        columns={
            Kind.KEY: f"{_OWN} pupil_id",
            Kind.STAFF: "account",
            Kind.PERSONAL: "at what detail",
            Kind.NONE: "request",
        },
    ),
    "schools_changeset": figures(
        "To know who changed what, and why", "kind made_at", staff="by_id", text="reason"
    ),
    "schools_packrelease": figures(
        "To keep two sets of figures from telling of one pupil together",
        "academic_year term snapshot figures made_at",
        staff="made_by_id",
    ),
    "schools_job": Held(
        whose=Whose.STAFF,
        why="To make what somebody asked for",
        retention=Retention.DAY,
        columns={
            Kind.KEY: "id public_id",
            Kind.STAFF: "asked_by_id",
            Kind.NONE: "school_id academic_year kind asked_at state attempts done out_of started_at heartbeat_at"
            " finished_at",
        },
    ),
    "schools_transferoffer": Held(
        whose=Whose.STAFF,
        why="To hand pupils over to their next school, and to know who offered and who accepted",
        retention=Retention.RECORD,
        columns={
            Kind.KEY: "id public_id taken_in_by handed_over_by",
            Kind.STAFF: "offered_by_id closed_by_id",
            Kind.NONE: "from_school_id to_school_id last_day academic_year offered_at stands_until state pupils accepted"
            " closed_at",
        },
    ),
    "schools_offeredpupil": Held(
        whose=Whose.NOBODY,
        why="To show the receiving school whom an offer is of, while it stands",
        basis=Basis.NONE,
        retention=Retention.RECORD,
        columns={Kind.KEY: f"{_OWN} offer_id pupil_key"},
    ),
    # A file of many pupils' pages, gone after a day: it holds nothing that the tables above do not.
    "schools_jobpaper": Held(
        whose=Whose.STAFF,
        why="To hand over a file that was asked for",
        retention=Retention.DAY,
        columns={
            Kind.KEY: f"{_OWN} job_id",
            Kind.TEXT: "arguments problem file_name content",
            Kind.NONE: "content_type",
        },
    ),
    "schools_customgroup": figures("Groups that the school made", "academic_year", text="name"),
    "schools_classgroup": figures("Classes", "academic_year name"),
    "schools_schoolyear": figures("Opened years", "academic_year eyfs_framework is_for_copies"),
    "schools_term": figures("Terms", "academic_year term starts_on ends_on entry_ends_on closed_at"),
    "schools_entrywindow": figures(
        "When judgements are entered", "academic_year term year_group opens_on closes_on closed_at"
    ),
    "schools_ctfserial": figures("Numbers of the common transfer files that it wrote", "destination last"),
    "schools_partnership": system(
        "The partnerships", "id name requires_second_factor allows_own_steps word_below word_at word_above"
    ),
    "schools_school": system(
        "The schools",
        "id partnership_id name urn dfe_number lowest_year_group highest_year_group fixed_eyfs_framework"
        " requires_second_factor data_protection_contact own_small_count subjects_not_judged",
    ),
    # Not ours, but here.
    "account_emailaddress": Held(
        whose=Whose.STAFF,
        why="To sign in",
        retention=Retention.STAFF,
        columns={Kind.KEY: "id", Kind.STAFF: "user_id email", Kind.NONE: "verified primary"},
    ),
    "account_emailconfirmation": Held(
        whose=Whose.STAFF,
        why="To sign in",
        retention=Retention.SIGN_IN,
        columns={Kind.KEY: "id", Kind.STAFF: "email_address_id", Kind.NONE: "created sent key"},
    ),
    "mfa_authenticator": Held(
        whose=Whose.STAFF,
        why="To ask for a second step at sign-in",
        retention=Retention.STAFF,
        columns={Kind.KEY: "id", Kind.STAFF: "user_id type data created_at last_used_at"},
    ),
    "socialaccount_socialapp": system(
        "The sign-in library's, unused", "id provider provider_id name client_id secret key settings"
    ),
    "socialaccount_socialaccount": system(
        "The sign-in library's, unused", "id user_id provider uid last_login date_joined extra_data"
    ),
    "socialaccount_socialtoken": system(
        "The sign-in library's, unused", "id app_id account_id token token_secret expires_at"
    ),
    "django_session": system("Django's, unused", "session_key session_data expire_date"),
    "lep_tracker_cache": Held(
        whose=Whose.STAFF,
        why="To count attempts to sign in: a network address, hashed with the account's",
        retention=Retention.SIGN_IN,
        columns={Kind.STAFF: "cache_key value", Kind.NONE: "expires"},
    ),
    "auth_group": system("Django's, unused", "id name"),
    "auth_group_permissions": system("Django's, unused", "id group_id permission_id"),
    "auth_permission": system("Django's", "id name content_type_id codename"),
    "django_content_type": system("Django's", "id app_label model"),
    "django_migrations": system("Which migrations have run", "id app name applied"),
    "pghistory_context": system("The history library's, unused", "id created_at updated_at metadata"),
}
