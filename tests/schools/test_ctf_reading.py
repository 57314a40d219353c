"""A common transfer file is read by what is in it: any version, any encoding, nothing kept that is not needed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from schools.calendar import YearGroup
from schools.ctf_values import CtfAttendance, CtfMeals, CtfNeed, CtfResult, CtfSchool, CtfSen, CtfStay
from schools.imports.ctf import read_ctf
from tests.schools.ctf_files import SAMPLE, ctf, ctf_pupil, only, problems, read, refusal, result, results
from tests.schools.files import upn


def test_the_sample_is_read_whole() -> None:
    file = read_ctf(SAMPLE)
    assert (file.header.version, file.header.is_partial, file.header.academic_year) == (25, False, 2025)
    assert file.header.source.words == "Sample Primary School (860/2345)"
    assert file.header.destination.dfe_number == "8604001"
    assert file.warnings == ()
    ada = only(file)
    assert (ada.upn, ada.name, ada.date_of_birth, ada.sex) == (
        "B801200005001",
        "EXAMPLE, ADA",
        dt.date(2015, 8, 31),
        "F",
    )
    assert (ada.year_group, ada.preferred_forename, ada.preferred_surname) == (YearGroup.Y6, "Addy", None)
    assert (ada.ethnicity, ada.first_language, ada.service_child, ada.in_care) == ("WBRI", "ENG", "N", False)
    assert ada.meals == (
        CtfMeals(starts_on=dt.date(2021, 10, 1), ends_on=dt.date(2023, 7, 21), country="ENG"),
    )
    assert ada.sen == (CtfSen(starts_on=dt.date(2022, 9, 5), code="K"),)
    assert ada.needs == (CtfNeed(code="SLCN", rank=1, starts_on=dt.date(2022, 9, 5)),)
    school = CtfSchool(authority="860", establishment="2345", name="Sample Primary School")
    assert ada.attendance == (
        CtfAttendance(year=2025, school=school, possible=380, attended=366, authorised=10, unauthorised=4),
    )
    assert ada.results == (
        CtfResult(stage="KS2", locale="ENG", year="2024", subject="MAT", method="TT", component="MTC", status="R", qualifier="MT", result="23"),
    )  # fmt: skip
    with_urn = CtfSchool(authority="860", establishment="2345", urn="100001", name="Sample Primary School")
    assert ada.stays == (
        CtfStay(school=with_urn, starts_on=dt.date(2019, 9, 4), ends_on=dt.date(2026, 7, 17), is_last=True),
    )


@pytest.mark.parametrize("version", range(15, 27))
def test_each_version_from_15_on_is_read(tmp_path: Path, version: int) -> None:
    tag = "Sex" if version >= 24 else "Gender"
    file = read(tmp_path, ctf(ctf_pupil(sex=f"<{tag}>F</{tag}>"), version=f"{version}.0"))
    assert (file.header.version, only(file).sex, file.warnings) == (version, "F", ())


@pytest.mark.parametrize(
    ("version", "warning"),
    [
        ("27.0", "The file is CTF 27, and what is known here are 15 to 26."),
        ("9.0", "The file is CTF 9, and what is known here are 15 to 26."),
        ("new", "The file does not say which version of the CTF it is."),
        (None, "The file does not say which version of the CTF it is."),
    ],
)
def test_a_version_that_is_not_known_is_read_with_a_warning(
    tmp_path: Path, version: str | None, warning: str
) -> None:
    file = read(tmp_path, ctf(ctf_pupil(), version=version))
    assert only(file).surname == "Brough"
    assert [said.startswith(warning) for said in file.warnings] == [True]


ACCENTED = ctf_pupil(surname="Müller-Ó Briain", forename="Zoë")


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8", None),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "UTF-16"),
        ("utf-16", None),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", None),
        ("utf-32", None),
        ("iso8859-1", "ISO-8859-1"),
        ("cp1252", "windows-1252"),
        ("iso8859-15", "ISO-8859-15"),
    ],
)
def test_each_encoding_is_read_declared_or_not(tmp_path: Path, encoding: str, declared: str | None) -> None:
    said = f' encoding="{declared}"' if declared else ""
    text = ctf(ACCENTED, declaration=f'<?xml version="1.0"{said}?>')
    file = read(tmp_path, text, encoding=encoding)
    assert (only(file).name, file.warnings) == ("Müller-Ó Briain, Zoë", ())


@pytest.mark.parametrize(
    ("encoding", "declared", "said", "was"),
    [
        ("cp1252", "UTF-8", "UTF-8", "Windows-1252 (Western European)"),
        ("utf-8", "ISO-8859-1", "ISO-8859-1 (Western European)", "UTF-8"),
        ("utf-8", "UTF-16", "UTF-16", "UTF-8"),
        ("utf-16", "UTF-8", "UTF-8", "UTF-16"),
        ("utf-8", "rot13", "ROT-13", "UTF-8"),
        ("utf-8", "no-such-thing", "NO-SUCH-THING", "UTF-8"),
    ],
)
def test_a_wrong_declaration_is_told_in_words(
    tmp_path: Path, encoding: str, declared: str | None, said: str, was: str
) -> None:
    written = f' encoding="{declared}"' if declared else ""
    file = read(tmp_path, ctf(ACCENTED, declaration=f'<?xml version="1.0"{written}?>'), encoding=encoding)
    assert only(file).name == "Müller-Ó Briain, Zoë"
    assert file.warnings == (
        f"The file says that its text is {said}, but it is not. It was read as {was}: look at names with accents.",
    )


def test_text_of_windows_without_a_declaration_is_told(tmp_path: Path) -> None:
    file = read(tmp_path, ctf(ACCENTED, declaration=""), encoding="cp1252")
    assert only(file).name == "Müller-Ó Briain, Zoë"
    assert file.warnings == (
        "The file does not say how its text is encoded, and it is not UTF-8. It was read as Windows-1252 (Western European): look at names with accents.",
    )


def test_the_apostrophe_of_windows_in_a_file_that_says_latin_1_is_read(tmp_path: Path) -> None:
    text = ctf(ctf_pupil(surname="O’Brien"), declaration='<?xml version="1.0" encoding="ISO-8859-1"?>')
    assert only(read(tmp_path, text, encoding="cp1252")).surname == "O’Brien"


def test_space_before_the_declaration_and_a_namespace_and_other_capitals_make_no_difference(
    tmp_path: Path,
) -> None:
    text = ctf(ctf_pupil()).replace("<CTfile>", '<CTFile xmlns="urn:x">').replace("</CTfile>", "</CTFile>")
    assert only(read(tmp_path, f"\n {text}")).upn == upn(1)


def test_what_is_absent_is_not_said(tmp_path: Path) -> None:
    elsie = only(read(tmp_path, ctf(ctf_pupil(None, sex="", year=None))))
    assert (elsie.upn, elsie.sex, elsie.year_group, elsie.ethnicity, elsie.in_care) == (
        "",
        None,
        None,
        None,
        None,
    )
    assert (elsie.meals, elsie.sen, elsie.needs, elsie.attendance, elsie.results, elsie.stays) == ((),) * 6


@pytest.mark.parametrize("code", ["X", "M", "E1", "14"])
def test_a_code_that_is_no_year_group_of_ours_is_as_good_as_none(tmp_path: Path, code: str) -> None:
    assert only(read(tmp_path, ctf(ctf_pupil(year=code)))).year_group is None


PRIVATE = (
    "<Address><AddressLines><AddressLine1>1 SECRET Street</AddressLine1></AddressLines><PostCode>ST13 SECRET</PostCode></Address>"
    "<Phones><Phone><PhoneNo>01538 SECRET</PhoneNo></Phone></Phones><Email>SECRET@example.org</Email>"
    "<Contacts><Contact><Surname>SECRET</Surname><UPN>SECRET</UPN></Contact><Contact><Surname>SECRET</Surname></Contact></Contacts>"
    "<SuppInfo>SECRET</SuppInfo>"
)
PRIVATE_DETAILS = (
    "<MiddleNames>SECRET</MiddleNames><FormerSurname>SECRET</FormerSurname><MedicalFlag>true</MedicalFlag>"
    "<Disabilities><Disability>SECRET</Disability></Disabilities>"
)


def test_contacts_addresses_and_medical_data_are_counted_and_never_become_values(tmp_path: Path) -> None:
    file = read(
        tmp_path,
        ctf(
            ctf_pupil(basic=PRIVATE_DETAILS, rest=PRIVATE),
            ctf_pupil(2, "Cox", rest="<Address><County>SECRET</County></Address>"),
        ),
    )
    assert file.not_kept == {
        "addresses": 2,
        "telephone numbers": 1,
        "e-mail addresses": 1,
        "contacts": 1,
        "supplementary information": 1,
        "middle names": 1,
        "former surnames": 1,
        "medical flags": 1,
        "disabilities": 1,
    }
    assert "SECRET" not in repr(file)
    assert file.pupils[0].surname == "Brough"


def test_an_element_that_nobody_knows_is_named(tmp_path: Path) -> None:
    file = read(tmp_path, ctf(ctf_pupil(rest="<Horoscope><Sign>Leo</Sign></Horoscope>")))
    assert (file.unknown, file.not_kept) == ({"Horoscope": 1}, {})


def test_results_are_kept_to_the_letter_whatever_they_are(tmp_path: Path) -> None:
    rest = results("KS9", result("ZZZ", "exs ", subject="???", method="", qualifier="Q9"))
    assert only(read(tmp_path, ctf(ctf_pupil(rest=rest)))).results == (
        CtfResult(stage="KS9", locale="ENG", year="2025", subject="???", component="ZZZ", status="R", qualifier="Q9", result="exs"),
    )  # fmt: skip


def test_the_attendance_of_several_years_is_read(tmp_path: Path) -> None:
    def year(number: int, attended: int) -> str:
        sessions = f"<SessionsPossible>380</SessionsPossible><SessionsAttended>{attended}</SessionsAttended>"
        return f"<YearData><Year>{number}</Year>{sessions}</YearData>"

    elsie = only(
        read(tmp_path, ctf(ctf_pupil(rest=f"<Attendance>{year(2024, 300)}{year(2025, 380)}</Attendance>")))
    )
    assert [(each.year, each.attended) for each in elsie.attendance] == [(2024, 300), (2025, 380)]


@pytest.mark.parametrize(
    ("pupil", "said"),
    [
        (ctf_pupil(surname=None), "Pupil 1 (Elsie), surname (Surname): is missing. Every pupil needs a surname."),
        (
            ctf_pupil(born=None),
            "Pupil 1 (Brough, Elsie), date of birth (DOB): is missing. Every pupil needs a date of birth.",
        ),
        (
            ctf_pupil(born="2018-02-30"),
            "Pupil 1 (Brough, Elsie), date of birth (DOB): '2018-02-30' is not a date. It is written as 2015-08-31.",
        ),
        (
            ctf_pupil(None, basic="<FormerUPN/>", rest="").replace("<Surname>", "<UPN>A801200005001</UPN><Surname>", 1),
            "Pupil 1 (Brough, Elsie), UPN: 'A801200005001' is not a UPN: its first letter should be B.",
        ),
        (
            ctf_pupil(year="twelve"),
            "Pupil 1 (Brough, Elsie), year group (NCyearActual): 'twelve' is not a year group we have. Write N1, N2, R or a number from 1 to 13.",
        ),
        (
            ctf_pupil(rest="<SENhistory><SEN><StartDate>soon</StartDate><SENprovision>K</SENprovision></SEN></SENhistory>"),
            "Pupil 1 (Brough, Elsie), SEN provision (StartDate): 'soon' is not a date. It is written as 2015-08-31.",
        ),
        (
            ctf_pupil(
                rest="<FSMhistory><FSMinstance><FSMstartDate>2024-09-01</FSMstartDate><FSMendDate>2023-09-01</FSMendDate>"
                "</FSMinstance></FSMhistory>"
            ),
            "Pupil 1 (Brough, Elsie), free school meals (FSMendDate): '01/09/2023' lies before the start, 01/09/2024.",
        ),
        (
            ctf_pupil(
                rest="<Attendance><YearData><Year>2025</Year><SessionsPossible>10</SessionsPossible>"
                "<SessionsAttended>11</SessionsAttended></YearData></Attendance>"
            ),
            "Pupil 1 (Brough, Elsie), attendance (SessionsAttended): '11' is more than were possible, 10.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_pupil_and_element(tmp_path: Path, pupil: str, said: str) -> None:
    assert problems(tmp_path, pupil) == [said]


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path, ctf_pupil(born="x", year="y"), ctf_pupil(2, "Cox"), ctf_pupil(3, "Dale", sex="<Sex>9</Sex>")
    )
    assert [said.partition(":")[0] for said in found] == [
        "Pupil 1 (Brough, Elsie), date of birth (DOB)",
        "Pupil 1 (Brough, Elsie), year group (NCyearActual)",
        "Pupil 3 (Dale, Elsie), sex (Sex)",
    ]


def test_an_admissions_file_is_told_apart(tmp_path: Path) -> None:
    text = '<?xml version="1.0"?><ATfile><Header/><ATFpupilData><Pupil/></ATFpupilData></ATfile>'
    assert refusal(tmp_path, text).startswith("This is an admissions transfer file (ATF)")


def test_another_kind_of_xml_is_told_apart(tmp_path: Path) -> None:
    said = refusal(tmp_path, "<Message><Header><CollectionDetails/></Header></Message>")
    assert said.startswith("This is XML that begins with 'Message', not a common transfer file (CTF)")


@pytest.mark.parametrize("end", [50, 200, 420, -1, -5, -30])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, end: int) -> None:
    assert refusal(tmp_path, ctf(ctf_pupil(), ctf_pupil(2, "Cox"))[:end]).startswith(
        "The file is damaged or cut off in line 1"
    )


def test_half_a_character_at_the_end_of_a_file_is_damage(tmp_path: Path) -> None:
    assert refusal(tmp_path, ctf(ctf_pupil()).encode("utf-16")[:-1]).startswith("The file is damaged")
