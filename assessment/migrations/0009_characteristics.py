"""Snapshots freeze two more flags; and what nobody else may do: the owner's functions that anonymise, erase and sever one pupil, history and frozen rows included.

The serving role may add to history and to what snapshots froze, and never change it. These three functions are the exception, and do
exactly this: each is asked for by a row of schools_pupilremoval, which says who and why and is good for one pupil, and sees the
rows of open schools alone, as the owner stands behind the wall too. lep_tracker/database_roles.py lets the serving role call them.
docs/decisions/0028-what-anonymising-keeps.md says what is kept and why.

These take the place of 0008's: periods, schools attended and what is claimed of a year go with the pupil too.
"""

# ruff: noqa: S608 - put together from the names of tables above, and nothing else.
from __future__ import annotations

from importlib import import_module

from django.db import migrations, models

from schools.row_security import OpenEverySchool

# Tables whose rows are of one pupil, with their histories.
_LIVING = (
    "assessment_signdecision",
    "assessment_judgement",
    "schools_customgrouppupil",
    "schools_retentionhold",
    "schools_yearlyclaim",
    "schools_fsmperiod",
    "schools_senperiod",
    "schools_senneed",
    "schools_careperiod",
    "schools_schoolattended",
    "schools_pupilyear",
    "schools_enrolment",
)
_FROZEN = (
    "assessment_snapshotcustomgrouppupil",
    "assessment_snapshotenrolment",
    "assessment_snapshotjudgement",
    "assessment_snapshotpupilyear",
    "assessment_snapshotpupil",
)
# Copies that went along when a pupil changed school say whose row they were made from.
_HANDED = ("schools_pupilyear", "schools_enrolment", "assessment_judgement")
# Nothing is counted from these: a year's figures stand in its record. No pupil is named by them, but by the dates together.
_PERIODS = (
    "schools_yearlyclaim",
    "schools_fsmperiod",
    "schools_senperiod",
    "schools_senneed",
    "schools_careperiod",
    "schools_schoolattended",
)


def _function(signature: str, returns: str, body: str) -> str:
    # The helpers run as whoever calls them, which is the owner inside the three that are asked for.
    as_whom = "SECURITY DEFINER" if "_pupil(" in signature else "SECURITY INVOKER"
    return (
        f"CREATE OR REPLACE FUNCTION public.{signature} RETURNS {returns} LANGUAGE plpgsql {as_whom}"
        f" SET search_path = public, pg_temp AS $body$ {body} $body$"
    )


def _each(statement: str, tables: tuple[str, ...]) -> str:
    return "\n".join(statement.format(table=table) + ";" for table in tables)


# That somebody looked stays said; at whom does not.
_UNTOLD = "UPDATE schools_auditrecord SET pupil_id = NULL WHERE school_id = of_school AND pupil_id = whom;"
_EVENTS = tuple(f"{table}event" for table in _LIVING)
_OF_PUPIL = "school_id = of_school AND pupil_id = whom"

# The school of the removal, which is done now: one row, one pupil.
_BEGUN = """
DECLARE of_school bigint;
BEGIN
    UPDATE schools_pupilremoval SET is_done = true WHERE id = removal AND kind = what AND NOT is_done
        RETURNING school_id INTO of_school;
    IF of_school IS NULL THEN
        RAISE EXCEPTION 'No removal of this kind waits in a school that is open.';
    END IF;
    PERFORM FROM schools_pupil WHERE id = whom AND school_id = of_school AND anonymised_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The school has no such pupil, or the pupil is anonymised.';
    END IF;
    RETURN of_school;
END;
"""

# Every name the pupil ever had is taken out of the reasons of those change-sets that wrote a row of the pupil.
_NAMES_TAKEN_OUT = f"""
DECLARE called text; sets uuid[];
BEGIN
    SELECT array_agg(DISTINCT (found.context ->> 'change_set')::uuid) INTO sets FROM (
        SELECT pgh_context AS context FROM schools_pupilevent WHERE school_id = of_school AND pgh_obj_id = whom
        {"".join(f" UNION ALL SELECT pgh_context FROM {table} WHERE {_OF_PUPIL}" for table in _EVENTS)}
    ) AS found WHERE found.context ? 'change_set';
    FOR called IN
        SELECT DISTINCT each FROM (
            SELECT unnest(ARRAY[surname, forename, preferred_surname, preferred_forename, upn]) AS each
            FROM schools_pupilevent WHERE school_id = of_school AND pgh_obj_id = whom
            UNION ALL
            SELECT unnest(ARRAY[surname, forename, preferred_surname, preferred_forename, upn])
            FROM schools_pupil WHERE school_id = of_school AND id = whom
        ) AS held WHERE each <> ''
    LOOP
        called := '(?<!\\w)' || regexp_replace(called, '([^[:alnum:][:space:]])', '\\\\\\1', 'g') || '(?!\\w)';
        UPDATE schools_changeset SET reason = regexp_replace(reason, called, '[name removed]', 'gi')
            WHERE school_id = of_school AND public_id = ANY (sets) AND reason ~* called;
        UPDATE schools_changesetevent SET reason = regexp_replace(reason, called, '[name removed]', 'gi')
            WHERE school_id = of_school AND public_id = ANY (sets) AND reason ~* called;
    END LOOP;
END;
"""

# No row keeps an id by which an old file, or another school's copy, could be laid beside it; nor words about the pupil.
_NEW_IDS = f"""
BEGIN
    UPDATE schools_pupil SET public_id = gen_random_uuid(), person_key = gen_random_uuid(),
        origin_school_id = NULL, origin_id = NULL WHERE school_id = of_school AND id = whom;
    {
    _each(
        f"UPDATE {{table}} SET public_id = gen_random_uuid() WHERE {_OF_PUPIL}", ("schools_customgrouppupil",)
    )
}
    {
    _each(
        "UPDATE {table} SET public_id = gen_random_uuid(), origin_school_id = NULL, origin_id = NULL"
        f" WHERE {_OF_PUPIL}",
        _HANDED,
    )
}
    UPDATE assessment_judgement SET note = '' WHERE {_OF_PUPIL} AND note <> '';
    UPDATE assessment_signdecision SET public_id = gen_random_uuid(), reason = 'Removed' WHERE {_OF_PUPIL};
    DELETE FROM schools_retentionhold WHERE {_OF_PUPIL};
    DELETE FROM schools_retentionholdevent WHERE {_OF_PUPIL};
END;
"""

# The first day of the month, or the first later one by which the child was as many months old on each day on which the early
# years are measured: so nothing that was counted, or is measured again, comes out otherwise.
_BORN = """
    SELECT date_trunc('month', date_of_birth)::date + coalesce((
        SELECT max(extract(day FROM measured.on_day))::int
        FROM schools_pupilyear AS record
        JOIN schools_term AS term ON term.school_id = of_school AND term.academic_year = record.academic_year
        CROSS JOIN LATERAL (VALUES (term.starts_on), (term.ends_on)) AS measured (on_day)
        WHERE record.school_id = of_school AND record.pupil_id = whom AND record.year_group <= 0
            AND extract(day FROM measured.on_day) < extract(day FROM pupil.date_of_birth)
    ), 0) INTO born FROM schools_pupil AS pupil WHERE school_id = of_school AND id = whom;
"""

_BLANK = (
    "surname = 'Removed', forename = 'Pupil', preferred_surname = '', preferred_forename = '', upn = '', disputed = '',"
    " date_of_birth = born"
)

_ANONYMISE = f"""
DECLARE of_school bigint; born date;
BEGIN
    of_school := removal_begun(removal, whom, 'anonymised');
    PERFORM FROM schools_enrolment WHERE {_OF_PUPIL} AND (ends_on IS NULL OR ends_on >= current_date);
    IF FOUND THEN
        RAISE EXCEPTION 'The pupil has not left.';
    END IF;
    PERFORM names_taken_out(of_school, whom);
    {_BORN}
    UPDATE schools_pupil SET {_BLANK}, anonymised_at = now() WHERE school_id = of_school AND id = whom;
    PERFORM rows_known_by_new_ids(of_school, whom);
    UPDATE schools_pupilevent AS event SET {
    _BLANK
}, public_id = now_is.public_id, person_key = now_is.person_key,
        origin_school_id = NULL, origin_id = NULL
        FROM schools_pupil AS now_is WHERE now_is.id = whom AND now_is.school_id = of_school
        AND event.school_id = of_school AND event.pgh_obj_id = whom;
    {
    _each(
        "UPDATE {table} SET public_id = gen_random_uuid(), origin_school_id = NULL, origin_id = NULL"
        f" WHERE {_OF_PUPIL}",
        tuple(f"{table}event" for table in _HANDED),
    )
}
    UPDATE schools_customgrouppupilevent SET public_id = gen_random_uuid() WHERE {_OF_PUPIL};
    UPDATE assessment_judgementevent SET note = '' WHERE {_OF_PUPIL} AND note <> '';
    UPDATE assessment_signdecisionevent SET public_id = gen_random_uuid(), reason = 'Removed' WHERE {
    _OF_PUPIL
};
    UPDATE assessment_snapshotpupil SET date_of_birth = born WHERE {_OF_PUPIL};
    {_each(f"DELETE FROM {{table}} WHERE {_OF_PUPIL}", _PERIODS)}
    {_each(f"DELETE FROM {{table}}event WHERE {_OF_PUPIL}", _PERIODS)}
END;
"""

_ERASE = f"""
DECLARE of_school bigint;
BEGIN
    of_school := removal_begun(removal, whom, 'erased');
    PERFORM names_taken_out(of_school, whom);
    {_each(f"DELETE FROM {{table}} WHERE {_OF_PUPIL}", (*_FROZEN, *_LIVING))}
    {_UNTOLD}
    DELETE FROM schools_pupil WHERE school_id = of_school AND id = whom;
    {_each(f"DELETE FROM {{table}} WHERE {_OF_PUPIL}", _EVENTS)}
    DELETE FROM schools_pupilevent WHERE school_id = of_school AND pgh_obj_id = whom;
END;
"""

# What the child is called now stands in the row already. Nothing from before stays that is not a figure; not even that it was cut.
_SEVER = f"""
DECLARE of_school bigint;
BEGIN
    of_school := removal_begun(removal, whom, 'severed');
    PERFORM names_taken_out(of_school, whom);
    PERFORM rows_known_by_new_ids(of_school, whom);
    {_UNTOLD}
    UPDATE assessment_judgement SET made_by_school_id = of_school, source = 'imported' WHERE {_OF_PUPIL}
        AND (made_by_school_id <> of_school OR source = 'copied');
    DELETE FROM schools_schoolattended WHERE {_OF_PUPIL};
    UPDATE schools_careperiod SET authority = '' WHERE {_OF_PUPIL} AND authority <> '';
    UPDATE schools_yearlyclaim SET reason = 'Removed' WHERE {_OF_PUPIL} AND reason <> '';
    {
    _each(
        "UPDATE {table} SET public_id = gen_random_uuid(), origin_school_id = NULL, origin_id = NULL"
        f" WHERE {_OF_PUPIL}",
        _PERIODS,
    )
}
    {
    _each(
        f"UPDATE {{table}} SET source = 'imported' WHERE {_OF_PUPIL} AND source = 'copied'",
        tuple(table for table in _PERIODS if table != "schools_yearlyclaim"),
    )
}
    {_each(f"DELETE FROM {{table}} WHERE {_OF_PUPIL}", _EVENTS)}
    DELETE FROM schools_pupilevent WHERE school_id = of_school AND pgh_obj_id = whom;
END;
"""

FUNCTIONS = {
    "removal_begun(removal bigint, whom bigint, what text)": ("bigint", _BEGUN),
    "names_taken_out(of_school bigint, whom bigint)": ("void", _NAMES_TAKEN_OUT),
    "rows_known_by_new_ids(of_school bigint, whom bigint)": ("void", _NEW_IDS),
    "anonymise_pupil(removal bigint, whom bigint)": ("void", _ANONYMISE),
    "erase_pupil(removal bigint, whom bigint)": ("void", _ERASE),
    "sever_pupil(removal bigint, whom bigint)": ("void", _SEVER),
}


# Backwards they are 0008's again.
_BEFORE = import_module("assessment.migrations.0008_removals").FUNCTIONS


class Migration(migrations.Migration):
    dependencies = [
        ("assessment", "0008_removals"),
        ("schools", "0018_characteristics"),
    ]

    operations = [
        OpenEverySchool(),
        migrations.AddField(
            model_name="snapshotpupilyear",
            name="is_disadvantaged",
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="snapshotpupilyear",
            name="is_previously_looked_after",
            field=models.BooleanField(blank=True, null=True),
        ),
        *(
            migrations.RunSQL(_function(signature, returns, body), _function(signature, *_BEFORE[signature]))
            for signature, (returns, body) in FUNCTIONS.items()
        ),
    ]
