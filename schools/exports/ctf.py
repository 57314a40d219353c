"""A common transfer file (CTF), as bytes: elements in the order that the Department for Education's structure gives, and none that is not said."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import groupby

# Only to write: what is read goes through defusedxml (schools/imports/ctf_tree.py).
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from schools.calendar import AcademicYear
from schools.ctf_values import (
    LAST_WRITTEN,
    SEX_SINCE,
    UNKNOWN_SCHOOL,
    CtfAttendance,
    CtfHeader,
    CtfPupil,
    CtfResult,
    CtfSchool,
    CtfStay,
)

# What no XML may hold: control characters, halves of a pair, and the two that are no characters.
_NEVER_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
HIGHEST_SERIAL = 999


def version_on(day: dt.date) -> int:
    """The version that is in force, CTF 25 from September 2025; or the last whose structure we have, which receivers take a year longer."""
    return min(int(AcademicYear.containing(day)) % 100, LAST_WRITTEN)


def file_name(source: str, destination: str, serial: int) -> str:
    """`8602345_CTF_8604001_001.xml`: from and to by DfE number, XXXXXXX where nobody knows the school; `serial` 1 to 999."""
    if not 1 <= serial <= HIGHEST_SERIAL:
        raise ValueError(f"{serial} is not a number from 1 to {HIGHEST_SERIAL}.")
    return f"{source}_CTF_{destination or UNKNOWN_SCHOOL}_{serial:03}.xml"


def write_ctf(header: CtfHeader, pupils: Iterable[CtfPupil]) -> bytes:
    """The file, in UTF-8. `header.version` is needed; before CTF 24 what is Sex now was called Gender."""
    if header.version is None:
        raise ValueError("A common transfer file has a version.")
    root = Element("CTfile")
    _header(SubElement(root, "Header"), header)
    data = SubElement(root, "CTFpupilData")
    for pupil in pupils:
        _pupil(SubElement(data, "Pupil"), pupil, header.version)
    indent(root, " ")
    file = BytesIO()
    ElementTree(root).write(file, encoding="UTF-8", xml_declaration=True)
    return file.getvalue()


def _say(parent: Element, tag: str, value: object) -> None:
    """An element with the value as text; none where nothing is said."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        text = "true" if value else "false"
    else:
        text = value.isoformat() if isinstance(value, dt.date) else str(value)
    SubElement(parent, tag).text = _NEVER_IN_XML.sub(" ", text)


def _say_all(parent: Element, **values: object) -> None:
    for tag, value in values.items():
        _say(parent, tag, value)


def _part(parent: Element, tag: str, **values: object) -> None:
    """An element around these; none where none of them is said."""
    part = Element(tag)
    _say_all(part, **values)
    if len(part):
        parent.append(part)


def _school(school: CtfSchool) -> dict[str, object]:
    return {"LEA": school.authority, "Estab": school.establishment, "URN": school.urn}


def _header(parent: Element, header: CtfHeader) -> None:
    _say_all(
        parent,
        DocumentName="Common Transfer File",
        CTFversion=f"{header.version}.0",
        DateTime=header.made_at,
        DocumentQualifier="partial" if header.is_partial else "full",
        SupplierID=header.supplier,
    )
    source = header.source
    _part(
        parent,
        "SourceSchool",
        **_school(source),
        SchoolName=source.name,
        AcademicYear=header.academic_year,
    )
    _part(parent, "DestSchool", **_school(header.destination))


def _pupil(parent: Element, pupil: CtfPupil, version: int) -> None:
    _say_all(
        parent,
        UPN=pupil.upn,
        Surname=pupil.surname,
        Forename=pupil.forename,
        DOB=pupil.date_of_birth,
    )
    _say(parent, "Sex" if version >= SEX_SINCE else "Gender", pupil.sex)
    _basic_details(parent, pupil)
    _meals(parent, pupil)
    if pupil.in_care is not None:
        _part(parent, "LookedAfter", InCare=pupil.in_care, CareAuthority=pupil.care_authority)
    _sen(parent, pupil)
    _attendance(parent, pupil.attendance)
    _results(parent, pupil.results)
    _stays(parent, pupil.stays)


def _basic_details(parent: Element, pupil: CtfPupil) -> None:
    details = Element("BasicDetails")
    _say_all(
        details,
        FormerUPN=pupil.former_upn,
        PreferredSurname=pupil.preferred_surname,
        PreferredForename=pupil.preferred_forename,
        NCyearActual=None if pupil.year_group is None else pupil.year_group.code,
        Ethnicity=pupil.ethnicity,
    )
    if pupil.first_language:
        languages = SubElement(details, "Languages")
        _part(languages, "Type", LanguageType="F", Language=pupil.first_language)
    _say_all(details, ServiceChild=pupil.service_child, EnrolStatus=pupil.enrol_status)
    if len(details):
        parent.append(details)


def _meals(parent: Element, pupil: CtfPupil) -> None:
    if pupil.meals:
        history = SubElement(parent, "FSMhistory")
        for meals in pupil.meals:
            _part(
                history,
                "FSMinstance",
                FSMstartDate=meals.starts_on,
                FSMendDate=meals.ends_on,
                UKcountry=meals.country,
            )


def _sen(parent: Element, pupil: CtfPupil) -> None:
    if not (pupil.sen or pupil.needs):
        return
    history = SubElement(parent, "SENhistory")
    for sen in pupil.sen:
        _part(history, "SEN", StartDate=sen.starts_on, SENprovision=sen.code)
    if pupil.needs:
        needs = SubElement(history, "SENneeds")
        for need in pupil.needs:
            _part(
                needs,
                "SENneed",
                NeedStartDate=need.starts_on,
                NeedEndDate=need.ends_on,
                SENtypeRank=need.rank,
                SENtype=need.code,
            )


def _attendance(parent: Element, years: Sequence[CtfAttendance]) -> None:
    if years:
        attendance = SubElement(parent, "Attendance")
        for each in years:
            _part(
                attendance,
                "YearData",
                Year=each.year,
                **_school(each.school),
                SchoolName=each.school.name,
                SessionsPossible=each.possible,
                SessionsAuthorised=each.authorised,
                SessionsAttended=each.attended,
                SessionsUnauthorised=each.unauthorised,
            )


def _results(parent: Element, results: Sequence[CtfResult]) -> None:
    """By stage, the results of each in the order given."""
    if not results:
        return
    every = SubElement(parent, "StageAssessments")
    for stage, of_stage in groupby(results, key=lambda result: result.stage):
        key_stage = SubElement(every, "KeyStage")
        _say(key_stage, "Stage", stage)
        for each in of_stage:
            _result(SubElement(key_stage, "StageAssessment"), each)


def _result(parent: Element, result: CtfResult) -> None:
    _say_all(
        parent,
        Locale=result.locale,
        Year=result.year,
        Subject=result.subject,
        Method=result.method,
        Component=result.component,
        ResultStatus=result.status,
        ResultQualifier=result.qualifier,
        Result=result.result,
        ResultDate=result.result_date,
    )


def _stays(parent: Element, stays: Sequence[CtfStay]) -> None:
    if stays:
        history = SubElement(parent, "SchoolHistory")
        for stay in stays:
            _part(
                history,
                "School",
                **_school(stay.school),
                SchoolName=stay.school.name,
                EntryDate=stay.starts_on,
                LeavingDate=stay.ends_on,
                LeavingReason=stay.leaving_reason,
                LastSchool=stay.is_last,
            )
