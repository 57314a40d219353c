"""What the database lets be read where several schools are counted: plain Python."""

from __future__ import annotations

# The role that counts (lep_tracker/roles.sql), and all that it may read: no name, no UPN, no date of birth, no note, no class, no
# characteristic, nobody of the staff. It stands behind the wall as every role does.
AGGREGATE_ROLE = "lep_aggregate"
COLUMNS_THAT_COUNT = {
    "schools_partnership": (
        "id",
        "name",
        "requires_second_factor",
        "allows_own_steps",
        "word_below",
        "word_at",
        "word_above",
    ),
    "schools_school": (
        "id",
        "partnership_id",
        "name",
        "urn",
        "dfe_number",
        "lowest_year_group",
        "highest_year_group",
        "fixed_eyfs_framework",
        "own_small_count",
        "subjects_not_judged",
        "requires_second_factor",
        "data_protection_contact",
    ),
    "schools_schoolyear": ("id", "school_id", "academic_year", "eyfs_framework", "is_for_copies"),
    "schools_term": ("id", "school_id", "academic_year", "term", "starts_on", "ends_on"),
    # What was given out of a school and when; not by whom. Counts alone, those of groups among them.
    "schools_packrelease": ("id", "school_id", "academic_year", "term", "figures", "made_at"),
    # Which schools grant names to the partnership's leads, and until when; not why, and not who read what.
    "schools_namesgrant": ("id", "school_id", "partnership_id", "starts_on", "ends_on", "ended_at"),
    "schools_pupil": ("id", "school_id", "person_key"),
    "schools_enrolment": ("id", "school_id", "pupil_id", "starts_on", "ends_on"),
    "schools_pupilyear": ("id", "school_id", "pupil_id", "academic_year", "year_group"),
    "assessment_judgement": (
        "id",
        "school_id",
        "pupil_id",
        "academic_year",
        "term",
        "subject_id",
        "points",
        "attainment",
        "is_on_entry",
        "expectation_version_id",
        "made_by_school_id",
    ),
    # How many were agreed on: not for whom, as that tells of SEN, nor how many steps or why.
    "assessment_ownexpectation": ("id", "school_id", "academic_year"),
    # Which area a Baseline is offered from: a partnership's own choice.
    "assessment_baselinesource": ("id", "partnership_id", "framework", "subject_id", "area_id"),
    # What a partnership expects, since when.
    "assessment_expectationversion": (
        "id",
        "partnership_id",
        "name",
        "holds_from",
        *(f"{term}_{what}" for term in ("autumn", "spring", "summer") for what in ("low", "high", "steps")),
    ),
}
