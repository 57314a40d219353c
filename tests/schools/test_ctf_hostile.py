"""Files made to do harm, and damaged ones: refused in a sentence, quickly, without filling the memory; nothing else ever happens."""

from __future__ import annotations

import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schools.ctf_values import CtfPupil
from schools.imports import ctf_tree
from schools.imports.ctf import read_ctf
from schools.imports.ctf_text import LARGEST, is_xml
from schools.imports.report import FileRefused
from tests.schools.ctf_files import SAMPLE, ctf, ctf_pupil, one, read, refusal, written
from tests.schools.test_import_hostile import BILLION_LAUGHS, OUTSIDE

OUTSIDE_PARAMETER = b'<!DOCTYPE CTfile [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]>'
BARE = b'<!DOCTYPE CTfile SYSTEM "http://127.0.0.1:9/ctf.dtd">'


@pytest.mark.parametrize(
    "prologue", [BILLION_LAUGHS, OUTSIDE, OUTSIDE_PARAMETER, BARE], ids=["laughs", "file", "parameter", "dtd"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_and_entities_are_refused(tmp_path: Path, prologue: bytes, encoding: str) -> None:
    body = ctf(ctf_pupil(forename="&j;"), declaration=prologue.decode())
    started = time.process_time()
    assert refusal(tmp_path, body, encoding=encoding).startswith(
        "The file declares a document type or entities"
    )
    assert time.process_time() - started < 2


def test_an_entity_that_was_never_declared_is_damage(tmp_path: Path) -> None:
    assert refusal(tmp_path, ctf(ctf_pupil(forename="&nbsp;"))).startswith(
        "The file is damaged or cut off in line 1"
    )


def test_one_byte_more_than_50_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = written(tmp_path, ctf(ctf_pupil()))
    with path.open("r+b") as file:
        file.truncate(LARGEST + 1)
    started = time.process_time()
    with pytest.raises(FileRefused, match="larger than 50 MB"):
        read_ctf(path)
    assert time.process_time() - started < 1


def test_a_pupil_with_too_many_elements_is_refused(tmp_path: Path) -> None:
    rest = "<SENhistory>" + "<SEN/>" * ctf_tree.MOST_ELEMENTS + "</SENhistory>"
    assert (
        refusal(tmp_path, ctf(ctf_pupil(rest=rest))) == "Pupil 1 of the file has more than 20,000 elements."
    )


def test_too_many_pupils_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctf_tree, "MOST_PUPILS", 10)
    assert refusal(tmp_path, ctf("<Pupil/>" * 11)) == "The file has more than 10 pupils."


def test_a_text_without_end_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, ctf(ctf_pupil(surname="x" * 2_000_000)))
    assert said == "Pupil 1 has more than 1,000 characters in 'surname'."


def test_elements_within_one_another_without_end_are_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, ctf(ctf_pupil(rest="<a>" * 2_000_000)))
    assert said == "The file has more than 100 elements within one another."


def test_what_is_not_kept_takes_no_memory_however_wide(tmp_path: Path) -> None:
    deep = "<Contacts>" * 50 + "</Contacts>" * 50
    wide = "<Address>" + "<Line>x</Line>" * 200_000 + "</Address>"
    path = written(tmp_path, ctf(ctf_pupil(rest=deep + wide)))
    tracemalloc.start()
    file = read_ctf(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(file.pupils), dict(file.not_kept)) == (1, {"contacts": 1, "addresses": 1})
    assert peak < path.stat().st_size / 10


def test_of_many_pupils_only_one_is_held_at_a_time(tmp_path: Path) -> None:
    rest = "<SchoolHistory>" + "<School><LEA>860</LEA></School>" * 20 + "</SchoolHistory>"
    path = written(tmp_path, ctf(*[ctf_pupil(None, f"Child{number}", rest=rest) for number in range(5_000)]))
    tracemalloc.start()
    for _ in ctf_tree.elements(ctf_tree.Text(path, "utf-8"), ctf_tree.Counts()):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak * 5 < path.stat().st_size


def test_names_of_unknown_elements_are_not_collected_without_end(tmp_path: Path) -> None:
    file = read(tmp_path, ctf(ctf_pupil(rest="".join(f"<N{number}/>" for number in range(500)))))
    assert len(file.unknown) == ctf_tree.MOST_UNKNOWN


def _read_or_refused(path: Path) -> None:
    """Every pupil whole, or a sentence."""
    with suppress(FileRefused):
        file = read_ctf(path)
        assert all(isinstance(pupil, CtfPupil) for pupil in file.pupils)
        assert all(str(problem) for problem in file.problems)
        assert len({problem.row for problem in file.problems}) + len(file.pupils) >= 0


QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(content=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, content)
    is_xml(path)
    _read_or_refused(path)


@QUICK
@given(
    cuts=st.lists(
        st.tuples(st.integers(0, 4_000), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=6
    ),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-16-be", "cp1252", "utf-8-sig"]),
)
def test_a_sample_with_pieces_taken_out_and_others_put_in_is_read_or_refused(
    tmp_path: Path, cuts: list[tuple[int, int, bytes]], encoding: str
) -> None:
    content = SAMPLE.read_text(encoding="utf-8").encode(encoding)
    for start, length, piece in cuts:
        content = content[:start] + piece + content[start + length :]
    _read_or_refused(written(tmp_path, content))


TAGS = sorted(
    {"Pupil", "CTFpupilData", "Header", "Contacts", "Sex", "X", "Type"}
    | {"UPN", "Surname", "Forename", "DOB", "BasicDetails", "NCyearActual", "Languages", "Language", "LanguageType", "ServiceChild"}
    | {"FSMhistory", "FSMinstance", "FSMstartDate", "FSMendDate", "SENhistory", "SEN", "StartDate", "SENprovision", "SENneeds", "SENneed", "SENtype"}
    | {"SENtypeRank", "Attendance", "YearData", "Year", "SessionsPossible", "SessionsAttended", "StageAssessments", "KeyStage", "Stage"}
    | {"StageAssessment", "Subject", "Result", "ResultDate", "SchoolHistory", "School", "LEA", "Estab", "EntryDate", "LeavingDate", "InCare", "LookedAfter"}
)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(
        [
            "",
            "860",
            "2345",
            "2025-09-01",
            "9999-12-31",
            "0001-01-01",
            "K",
            "true",
            "-1",
            "4",
            "ENG",
            "F",
            "2025",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<&\ufffe\uffff"), max_size=20),
)
TREES = st.recursive(
    st.builds(one, st.sampled_from(TAGS), TEXTS),
    lambda children: st.builds(
        lambda tag, inner: one(tag, "".join(inner)), st.sampled_from(TAGS), st.lists(children, max_size=5)
    ),
    max_leaves=30,
)


@QUICK
@given(trees=st.lists(TREES, max_size=5), version=TEXTS)
def test_any_tree_of_elements_is_read_or_refused(tmp_path: Path, trees: list[str], version: str) -> None:
    _read_or_refused(written(tmp_path, ctf(ctf_pupil(rest="".join(trees)), *trees, version=version)))
