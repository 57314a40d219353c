from tests.schools.small_school import small_school

__all__ = ["small_school"]
