"""Year groups in addresses: one spelling each, and nothing else."""

from __future__ import annotations

import re

import pytest

from schools.addresses import YearGroupConverter
from schools.calendar import YearGroup


@pytest.mark.parametrize("year_group", YearGroup)
def test_each_year_group_reads_back_from_its_address(year_group: YearGroup) -> None:
    converter = YearGroupConverter()
    code = converter.to_url(year_group)
    assert re.fullmatch(converter.regex, code)
    assert converter.to_python(code) is year_group


@pytest.mark.parametrize("wrong", ["0", "14", "r", "n1", "N3", "-1", "Y4", "04", ""])
def test_what_is_no_year_group_is_no_address(wrong: str) -> None:
    assert not re.fullmatch(YearGroupConverter.regex, wrong)
