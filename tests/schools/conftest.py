from tests.schools.importing import load
from tests.schools.small_school import small_school
from tests.schools.staffroom import staffroom

__all__ = ["load", "small_school", "staffroom"]
