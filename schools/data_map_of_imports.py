"""What is held of people while files are imported, and after: a part of the data map (schools/data_map.py) in a file of its own."""

from __future__ import annotations

from collections.abc import Mapping

from schools.data_map import Held, Kind, Retention, Whose, figures

IMPORTS: Mapping[str, Held] = {
    "schools_importrun": figures(
        "To know who imported which file, and what it changed",
        "kind academic_year update is_whole state job counts change_id begun_at",
        staff="by_id",
    ),
    # The file until it is imported or has lain for a day; its rows, which say nothing that the tables do not, until a pupil's record is removed.
    "schools_importpaper": Held(
        whose=Whose.STAFF,
        why="To show what a file would change before it is imported, and to report what it changed",
        retention=Retention.PUPIL,
        columns={
            Kind.KEY: "id school_id public_id run_id",
            Kind.TEXT: "file_name content asked shown",
            Kind.NONE: "is_stale",
        },
    ),
    "schools_columnmapping": figures("What headings of the school's files mean", "kind heading field"),
}
