from tests.schools.importing import load
from tests.schools.small_school import small_school

__all__ = ["load", "small_school"]
