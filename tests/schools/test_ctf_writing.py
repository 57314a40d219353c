"""What is written reads back as the same, in the order of the structure and under the right name."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schools.calendar import YearGroup
from schools.ctf_values import (
    CtfAttendance,
    CtfHeader,
    CtfMeals,
    CtfNeed,
    CtfPupil,
    CtfResult,
    CtfSchool,
    CtfSen,
    CtfStay,
)
from schools.exports.ctf import file_name, version_on, write_ctf
from schools.imports.ctf import read_ctf
from tests.schools.ctf_files import SAMPLE, only, read, written
from tests.schools.files import upn


def test_the_sample_comes_back_as_it_was(tmp_path: Path) -> None:
    sample = read_ctf(SAMPLE)
    again = read_ctf(written(tmp_path, write_ctf(sample.header, sample.pupils)))
    assert (again.header, again.pupils) == (sample.header, sample.pupils)
    assert (again.problems, again.warnings, again.not_kept, again.unknown) == ((), (), {}, {})


def test_elements_stand_in_the_order_of_the_sample() -> None:
    sample = read_ctf(SAMPLE)
    text = write_ctf(sample.header, sample.pupils).decode()
    tags = re.findall(r"<(\w+)>", text)
    # What is not kept of the sample is all that is missing.
    gone = {"MiddleNames", "EthnicitySource", "MedicalFlag", "FSMreviewDate"}
    assert tags == [
        tag for tag in re.findall(r"<(\w+)>", SAMPLE.read_text(encoding="utf-8")) if tag not in gone
    ]
    assert text.startswith("<?xml version='1.0' encoding='UTF-8'?>\n<CTfile>")


@pytest.mark.parametrize(("version", "tag"), [(23, "Gender"), (24, "Sex"), (25, "Sex")])
def test_sex_is_called_gender_before_ctf_24(version: int, tag: str) -> None:
    pupil = CtfPupil(
        number=1, surname="Brough", forename="Elsie", date_of_birth=dt.date(2018, 1, 15), sex="F"
    )
    assert f"<{tag}>F</{tag}>" in write_ctf(CtfHeader(version=version), [pupil]).decode()


@pytest.mark.parametrize(
    ("day", "version"), [((2025, 8, 31), 24), ((2025, 9, 1), 25), ((2026, 8, 31), 25), ((2026, 11, 23), 25)]
)
def test_the_version_is_that_of_the_year_or_the_last_we_know(day: tuple[int, int, int], version: int) -> None:
    assert version_on(dt.date(*day)) == version


def test_a_file_is_named_by_both_schools_and_its_serial() -> None:
    assert file_name("8602345", "8604001", 1) == "8602345_CTF_8604001_001.xml"
    assert file_name("8602345", "", 27) == "8602345_CTF_XXXXXXX_027.xml"
    for serial in (0, 1000):
        with pytest.raises(ValueError, match="is not a number from 1 to 999"):
            file_name("8602345", "8604001", serial)


def test_characters_that_no_xml_may_hold_become_spaces(tmp_path: Path) -> None:
    pupil = CtfPupil(number=1, surname="A&B <c> \x01d", forename="“E”", date_of_birth=dt.date(2018, 1, 15))
    assert only(read(tmp_path, write_ctf(CtfHeader(version=25), [pupil]))).name == "A&B <c> d, “E”"


NAMES = st.text(st.characters(categories=["Lu", "Ll", "Pd"]), min_size=1, max_size=30).map(
    lambda text: unicodedata.normalize("NFC", text)
)
CODES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=8)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2098, 12, 31))


def maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


SCHOOLS = st.builds(
    CtfSchool,
    authority=st.from_regex(r"[0-9]{3}", fullmatch=True),
    establishment=st.from_regex(r"[0-9]{4}", fullmatch=True),
    urn=st.just("") | st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
    name=NAMES,
)
RESULTS = st.builds(
    CtfResult, stage=CODES, locale=CODES, year=CODES, subject=CODES, method=CODES, component=CODES,
    status=CODES, qualifier=CODES, result=CODES, result_date=maybe(DAYS),
)  # fmt: skip
PUPILS = st.builds(
    CtfPupil,
    number=st.just(1),
    surname=NAMES,
    forename=NAMES,
    date_of_birth=DAYS,
    upn=st.just("") | st.integers(0, 999).map(upn),
    former_upn=st.just("") | st.integers(0, 999).map(upn),
    sex=maybe(st.sampled_from("FM")),
    preferred_surname=maybe(NAMES),
    preferred_forename=maybe(NAMES),
    year_group=maybe(st.sampled_from(YearGroup)),
    ethnicity=maybe(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=4)),
    first_language=maybe(CODES),
    service_child=maybe(st.sampled_from("YNU")),
    in_care=maybe(st.booleans()),
    enrol_status=st.sampled_from(["", "C", "M", "G"]),
    meals=st.lists(st.builds(CtfMeals, starts_on=DAYS, country=st.sampled_from(["", "ENG", "WLS"])), max_size=2).map(tuple),
    sen=st.lists(st.builds(CtfSen, starts_on=DAYS, code=CODES), max_size=3).map(tuple),
    needs=st.lists(st.builds(CtfNeed, code=CODES, rank=maybe(st.integers(1, 9)), starts_on=maybe(DAYS)), max_size=2).map(tuple),
    attendance=st.lists(
        st.builds(
            CtfAttendance, year=st.integers(1990, 2099), school=SCHOOLS, possible=st.integers(200, 400),
            attended=st.integers(0, 200), authorised=maybe(st.integers(0, 9)), unauthorised=maybe(st.integers(0, 9)),
        ), max_size=2,
    ).map(tuple),
    results=st.lists(RESULTS, max_size=4).map(lambda results: tuple(sorted(results, key=lambda each: each.stage))),
    stays=st.lists(
        st.builds(CtfStay, school=SCHOOLS, starts_on=maybe(DAYS), leaving_reason=st.just("") | CODES, is_last=maybe(st.booleans())),
        max_size=2,
    ).map(tuple),
)  # fmt: skip


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(pupils=st.lists(PUPILS, max_size=3), version=st.integers(15, 26))
def test_any_pupil_comes_back_as_written(tmp_path: Path, pupils: list[CtfPupil], version: int) -> None:
    numbered = tuple(replace(pupil, number=number) for number, pupil in enumerate(pupils, start=1))
    file = read(tmp_path, write_ctf(CtfHeader(version=version), numbered))
    assert ([str(problem) for problem in file.problems], file.pupils) == ([], numbered)
