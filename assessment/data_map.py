"""What is held of people in this app's tables: see schools/data_map.py."""

from __future__ import annotations

from collections.abc import Mapping

from schools.data_map import Basis, Held, Kind, Retention, Whose, figures, system

_OWN = "id school_id public_id"
_FROZEN = "id school_id frozen_in_id row_id"


def _frozen_of_pupil(what: str, personal: str, *, keys: str = "", special: str = "") -> Held:
    return Held(
        whose=Whose.PUPIL,
        why=f"To count reported figures again as they were: {what}",
        basis=Basis.SPECIAL_TASK if special else Basis.TASK,
        retention=Retention.PUPIL,
        pupil="pupil_id",
        columns={
            Kind.KEY: f"{_FROZEN} pupil_id {keys}",
            Kind.PERSONAL: personal,
            Kind.SPECIAL: special,
        },
    )


def _frozen(what: str, columns: str) -> Held:
    return Held(
        whose=Whose.NOBODY,
        why=f"To count reported figures again as they were: {what}",
        basis=Basis.NONE,
        retention=Retention.FIGURES,
        columns={Kind.KEY: _FROZEN, Kind.NONE: columns},
    )


ASSESSMENT: Mapping[str, Held] = {
    "assessment_judgement": Held(
        whose=Whose.PUPIL,
        why="To follow what a pupil knows, and to plan teaching by it",
        retention=Retention.PUPIL,
        pupil="pupil_id",
        shared=True,
        columns={
            Kind.KEY: f"{_OWN} origin_school_id origin_id pupil_id subject_id expectation_version_id made_by_school_id",
            Kind.PERSONAL: "academic_year term points reason is_on_entry expected_low expected_high attainment"
            " confirmed_steps entered_at",
            Kind.TEXT: "note",
            Kind.STAFF: "entered_by_id",
            Kind.NONE: "source version is_note_shareable",
        },
    ),
    "assessment_signdecision": Held(
        whose=Whose.PUPIL,
        why="To decide whom to help, and to be able to say why (SEND Code of Practice 6.17)",
        basis=Basis.SPECIAL_TASK,
        retention=Retention.PUPIL,
        pupil="pupil_id",
        shared=True,
        columns={
            Kind.KEY: f"{_OWN} origin_school_id origin_id pupil_id subject_id",
            Kind.PERSONAL: "academic_year term signs decided_at",
            Kind.SPECIAL: "decided",
            Kind.TEXT: "reason",
            Kind.STAFF: "decided_by_id",
        },
    ),
    "assessment_ownexpectation": Held(
        whose=Whose.PUPIL,
        why="To measure the progress of a pupil with SEN by steps that were agreed for this pupil, and to be able to say why",
        basis=Basis.SPECIAL_TASK,
        retention=Retention.PUPIL,
        pupil="pupil_id",
        columns={
            Kind.KEY: f"{_OWN} pupil_id",
            Kind.PERSONAL: "academic_year agreed_at",
            Kind.SPECIAL: "steps_a_year",
            Kind.TEXT: "reason",
            Kind.STAFF: "agreed_by_id",
        },
    ),
    "assessment_snapshotownexpectation": _frozen_of_pupil(
        "steps a year of the pupil's own", "academic_year", special="steps_a_year"
    ),
    "assessment_snapshotpupil": _frozen_of_pupil("sex and age", "sex date_of_birth"),
    "assessment_snapshotenrolment": _frozen_of_pupil("stays", "starts_on ends_on"),
    "assessment_snapshotcustomgrouppupil": _frozen_of_pupil(
        "groups that the school made", "academic_year", keys="group_id"
    ),
    "assessment_snapshotpupilyear": _frozen_of_pupil(
        "year group and characteristics",
        "academic_year year_group is_pupil_premium is_fsm6 is_disadvantaged is_eal is_service_child attendance",
        keys="class_group_id",
        special="sen_status is_looked_after is_previously_looked_after ethnicity",
    ),
    "assessment_snapshotjudgement": _frozen_of_pupil(
        "judgements",
        "academic_year term points reason is_on_entry expected_low expected_high attainment",
        keys="subject_id expectation_version_id",
    ),
    "assessment_snapshotschoolyear": _frozen("years", "academic_year eyfs_framework"),
    "assessment_snapshotterm": _frozen("terms", "academic_year term starts_on ends_on"),
    "assessment_snapshotclassgroup": _frozen("classes", "public_id academic_year name"),
    "assessment_snapshotcustomgroup": _frozen("groups' names", "public_id academic_year name"),
    "assessment_snapshot": figures(
        "Frozen terms", "academic_year term number made_at", staff="made_by_id", text="note"
    ),
    "assessment_marksheettemplate": figures(
        "Marksheets as laid out", "columns year_groups is_in_use", text="name"
    ),
    "assessment_favouritetemplate": figures("Marksheets at hand", "template", staff="user_id"),
    "assessment_completedsheet": figures(
        "Which sheets are complete",
        "academic_year term class_group_id subject_id completed_at",
        staff="completed_by_id",
    ),
    "assessment_subject": system("What is judged", "id code name kind framework"),
    "assessment_baselinesource": system(
        "From where Baselines are offered", "id partnership_id framework subject_id area_id"
    ),
    "assessment_expectationversion": system(
        "What is expected",
        "id partnership_id name holds_from autumn_low autumn_high spring_low spring_high summer_low summer_high"
        " autumn_steps spring_steps summer_steps",
    ),
}
