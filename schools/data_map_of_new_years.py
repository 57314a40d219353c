"""What is held of people for a new school year: a part of the data map (schools/data_map.py) in a file of its own."""

from __future__ import annotations

from collections.abc import Mapping

from schools.data_map import Held, Kind, Retention, Whose, figures

NEW_YEARS: Mapping[str, Held] = {
    "schools_rolloverpupil": Held(
        whose=Whose.PUPIL,
        why="To plan where a pupil goes who does not move up with the class",
        retention=Retention.PUPIL,
        pupil="pupil_id",
        columns={
            Kind.KEY: "id school_id public_id roll_over_id pupil_id to_class_id",
            Kind.PERSONAL: "goes leaves_on",
        },
    ),
    "schools_septembertick": Held(
        whose=Whose.PUPIL,
        why="To know that somebody has looked at the start of the year",
        retention=Retention.PUPIL,
        pupil="pupil_id",
        columns={
            Kind.KEY: "id school_id public_id pupil_id",
            Kind.PERSONAL: "academic_year what ticked_at",
            Kind.STAFF: "ticked_by_id",
        },
    ),
    "schools_rollover": figures("The plan of a new school year", "academic_year dates leaves_on groups"),
    "schools_rolloverclass": figures(
        "Its classes, and who is to teach them", "roll_over_id name", staff="teachers"
    ),
    "schools_rollovermove": figures(
        "Where its classes go", "roll_over_id from_class_id year_group goes to_class_id"
    ),
}
