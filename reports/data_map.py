"""The data map of the whole program, put together."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.data_map import ASSESSMENT
from schools.data_map import SCHOOLS, Held

DATA_MAP: Mapping[str, Held] = {**SCHOOLS, **ASSESSMENT}
