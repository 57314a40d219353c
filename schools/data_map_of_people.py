"""What is held of those who work with it: a part of the data map (schools/data_map.py) in a file of its own."""

from __future__ import annotations

from collections.abc import Mapping

from schools.data_map import Held, Kind, Retention, Whose, figures

PEOPLE: Mapping[str, Held] = {
    "schools_user": Held(
        whose=Whose.STAFF,
        why="To sign in, and to know who did what",
        retention=Retention.STAFF,
        columns={
            Kind.KEY: "id",
            Kind.STAFF: "email name password last_login joined_at",
            Kind.NONE: "is_active is_demo",
        },
    ),
    "schools_membership": Held(
        whose=Whose.STAFF,
        why="To let people see what their role needs, and no more",
        retention=Retention.STAFF,
        columns={Kind.KEY: "id school_id public_id", Kind.STAFF: "user_id role is_active is_suspended"},
    ),
    "schools_partnershipmembership": Held(
        whose=Whose.STAFF,
        why="To let the partnership's leads see its figures",
        retention=Retention.STAFF,
        columns={Kind.KEY: "id", Kind.STAFF: "user_id is_active", Kind.NONE: "partnership_id"},
    ),
    "schools_classteacher": Held(
        whose=Whose.STAFF,
        why="To let teachers see the pupils they teach",
        retention=Retention.STAFF,
        columns={Kind.KEY: "id school_id public_id class_group_id", Kind.STAFF: "membership_id"},
    ),
    "schools_subjectlead": Held(
        whose=Whose.STAFF,
        why="To know whom to ask about a subject",
        retention=Retention.STAFF,
        columns={Kind.KEY: "id school_id public_id", Kind.STAFF: "membership_id subject"},
    ),
    "schools_invitation": Held(
        whose=Whose.STAFF,
        why="To let somebody in who was invited, and to know who invited",
        retention=Retention.STAFF,
        columns={
            Kind.KEY: "id school_id public_id",
            Kind.STAFF: "email name roles classes subjects invited_by_id",
            Kind.NONE: "key_hash sent_at expires_at accepted_at withdrawn_at",
        },
    ),
    "schools_accountrecord": Held(
        whose=Whose.STAFF,
        why="To know who signed in or tried to, and what became of passwords and second steps",
        retention=Retention.RECORD,
        columns={Kind.KEY: "id", Kind.STAFF: "account at what detail", Kind.NONE: "request"},
    ),
    "schools_session": Held(
        whose=Whose.STAFF,
        why="To stay signed in, and to show people where they are",
        retention=Retention.SIGN_IN,
        columns={
            Kind.KEY: "session_key",
            Kind.STAFF: "user_id session_data signed_in_at last_seen_at browser",
            Kind.NONE: "expire_date",
        },
    ),
    "schools_secondstepremoval": Held(
        whose=Whose.STAFF,
        why="To know who took whose second step away",
        retention=Retention.STAFF,
        columns={Kind.KEY: "id", Kind.STAFF: "user_id by_id removed_at"},
    ),
    "schools_namesgrant": figures(
        "To show who let the partnership see names, and for what",
        "partnership_id starts_on ends_on ended_at",
        staff="granted_by_id",
        text="purpose",
    ),
    "schools_namesreading": figures(
        "To show what was read by such a grant", "grant_id read_at figure", staff="read_by_id"
    ),
}
