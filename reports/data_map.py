"""The data map of the whole program, put together."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.data_map import ASSESSMENT
from schools.data_map import SCHOOLS, Held
from schools.data_map_of_imports import IMPORTS
from schools.data_map_of_new_years import NEW_YEARS
from schools.data_map_of_people import PEOPLE

DATA_MAP: Mapping[str, Held] = {**SCHOOLS, **NEW_YEARS, **IMPORTS, **PEOPLE, **ASSESSMENT}
