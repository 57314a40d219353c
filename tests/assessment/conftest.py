"""What tests of assessment share."""

from tests.assessment.classroom import room
from tests.assessment.judgement_files import load
from tests.schools.small_school import small_school

__all__ = ["load", "room", "small_school"]
