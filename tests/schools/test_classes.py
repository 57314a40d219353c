"""Classes, counted by hand."""

from __future__ import annotations

from schools.models import Role, School
from schools.queries.classes import class_lines, pupils_without_class
from tests.schools.small_school import TODAY, access_of, teacher_of


def test_classes_are_counted_with_their_teachers_and_year_groups(small_school: School) -> None:
    access = teacher_of(small_school, "3/4")
    head = access_of(small_school, Role.HEAD)
    lines = [
        (line.name, line.teachers, line.year_groups, line.pupils) for line in class_lines(head, today=TODAY)
    ]
    assert lines == [
        ("3/4", (access.user.name,), "Year 3, Year 4", 2),
        ("4A", (), "Year 4", 5),
    ]
    assert [line.name for line in class_lines(access, today=TODAY)] == ["3/4"]
    assert pupils_without_class(head, today=TODAY) == 1
