"""Where what happened at a school stands, each table as one SELECT of the same columns.

`source` tells them apart, and with `at` and `id` orders them; `target` is the account that it was done to, `label` a code, `words` what somebody wrote
down as a reason, `facts` JSON of fixed facts. All take `school`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What the list can be narrowed to, by its word in addresses."""

    PUPILS = "pupils"
    FILES = "files"
    REFUSALS = "refusals"
    SIGN_INS = "sign-ins"
    CHANGES = "changes"
    JUDGEMENTS = "judgements"
    ROLES = "roles"
    NAMES = "names"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Kind.PUPILS: "Pupils’ pages opened",
    Kind.FILES: "Files taken",
    Kind.REFUSALS: "Refused",
    Kind.SIGN_INS: "Signing in",
    Kind.CHANGES: "Imports and changes",
    Kind.JUDGEMENTS: "Judgements",
    Kind.ROLES: "Roles",
    Kind.NAMES: "Names for the partnership",
}


@dataclass(frozen=True)
class Source:
    """One SELECT; `number` is its place among things of the same moment."""

    number: int
    kinds: frozenset[Kind]
    sql: str
    # Has a pupil in each of its rows, or in some.
    is_of_pupils: bool = False


_NO_PUPIL = "NULL::bigint AS pupil"
_NO_WORDS = "'' AS words"
_NO_TARGET = "NULL::bigint AS target"
_BY_CONTEXT = "(pgh_context ->> 'user')::bigint AS account"
_REQUEST = "coalesce(pgh_context ->> 'request', '') AS request"

# When each account held a role here: what it did before and after is no business of this school.
HELD = """
    SELECT user_id, since, until FROM (
        SELECT user_id, min(pgh_created_at) AS since,
            CASE WHEN (array_agg(is_active ORDER BY pgh_id DESC))[1] THEN 'infinity' ELSE max(pgh_created_at) END AS until
        FROM schools_membershipevent WHERE school_id = %(school)s GROUP BY pgh_obj_id, user_id
    ) AS periods
"""

_RECORDS = f"""
    SELECT 1 AS source, id, at, account, pupil_id AS pupil, {_NO_TARGET}, what AS label, {_NO_WORDS}, request, detail AS facts
    FROM schools_auditrecord WHERE school_id = %(school)s AND what = ANY (%(at_school)s)
"""  # noqa: S608 - put together of constants
# The accounts twice: by the list of them PostgreSQL finds their records, by the periods alone it would read everybody's.
_ACCOUNTS = f"""
    SELECT 2 AS source, a.id, a.at, a.account, {_NO_PUPIL}, (a.detail ->> 'by')::bigint AS target, a.what AS label, {_NO_WORDS}, a.request, a.detail AS facts
    FROM schools_accountrecord a WHERE a.what = ANY (%(of_account)s)
        AND a.account = ANY (ARRAY(SELECT user_id FROM held))
        AND EXISTS (SELECT FROM held WHERE held.user_id = a.account AND a.at BETWEEN held.since AND held.until)
"""  # noqa: S608
_CHANGE_SETS = f"""
    SELECT 3 AS source, id, made_at AS at, by_id AS account, {_NO_PUPIL}, {_NO_TARGET}, kind AS label, reason AS words,
        '' AS request, jsonb_build_object('change_set', public_id) AS facts
    FROM schools_changeset WHERE school_id = %(school)s
"""  # noqa: S608
_SNAPSHOTS = f"""
    SELECT 4 AS source, id, made_at AS at, made_by_id AS account, {_NO_PUPIL}, {_NO_TARGET}, 'snapshot' AS label, note AS words,
        '' AS request, jsonb_build_object('number', number) AS facts
    FROM assessment_snapshot WHERE school_id = %(school)s
"""  # noqa: S608
_ROLES = f"""
    SELECT 5 AS source, pgh_id AS id, pgh_created_at AS at, {_BY_CONTEXT}, {_NO_PUPIL}, user_id AS target,
        CASE WHEN is_active AND pgh_label <> 'delete' THEN 'role_given' ELSE 'role_ended' END AS label, {_NO_WORDS}, {_REQUEST},
        jsonb_build_object('role', role) AS facts
    FROM schools_membershipevent WHERE school_id = %(school)s
"""  # noqa: S608
_GRANTS = f"""
    SELECT 6 AS source, pgh_id AS id, pgh_created_at AS at, {_BY_CONTEXT}, {_NO_PUPIL}, {_NO_TARGET},
        CASE WHEN ended_at IS NULL THEN 'names_granted' ELSE 'names_ended' END AS label, purpose AS words, {_REQUEST},
        '{{}}'::jsonb AS facts
    FROM schools_namesgrantevent WHERE school_id = %(school)s
"""  # noqa: S608
_READINGS = f"""
    SELECT 7 AS source, id, read_at AS at, read_by_id AS account, {_NO_PUPIL}, {_NO_TARGET}, 'names_read' AS label, figure AS words,
        '' AS request, '{{}}'::jsonb AS facts
    FROM schools_namesreading WHERE school_id = %(school)s
"""  # noqa: S608
_JUDGEMENTS = f"""
    SELECT 8 AS source, pgh_id AS id, pgh_created_at AS at, {_BY_CONTEXT}, pupil_id AS pupil, {_NO_TARGET},
        'judgement_' || pgh_label AS label, {_NO_WORDS}, {_REQUEST},
        jsonb_build_object('subject', subject_id, 'year', academic_year, 'term', term) AS facts
    FROM assessment_judgementevent WHERE school_id = %(school)s
"""  # noqa: S608

SOURCES = (
    Source(1, frozenset({Kind.PUPILS, Kind.FILES, Kind.REFUSALS}), _RECORDS, is_of_pupils=True),
    Source(2, frozenset({Kind.SIGN_INS, Kind.FILES, Kind.REFUSALS}), _ACCOUNTS),
    Source(3, frozenset({Kind.CHANGES}), _CHANGE_SETS),
    Source(4, frozenset({Kind.CHANGES}), _SNAPSHOTS),
    Source(5, frozenset({Kind.ROLES}), _ROLES),
    Source(6, frozenset({Kind.NAMES}), _GRANTS),
    Source(7, frozenset({Kind.NAMES}), _READINGS),
    Source(8, frozenset({Kind.JUDGEMENTS}), _JUDGEMENTS, is_of_pupils=True),
)
