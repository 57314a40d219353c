"""What pupils know: judgements, what they are of, and what they are measured by."""

from assessment.models.baseline_sources import BaselineSource
from assessment.models.expectations import ExpectationVersion
from assessment.models.judgements import Judgement, Reason, Source
from assessment.models.marksheets import CompletedSheet, FavouriteTemplate, MarksheetTemplate
from assessment.models.own_expectations import OwnExpectation
from assessment.models.progress_signs import Decided, SignDecision
from assessment.models.snapshots import (
    FrozenRow,
    Snapshot,
    SnapshotClassGroup,
    SnapshotCustomGroup,
    SnapshotCustomGroupPupil,
    SnapshotEnrolment,
    SnapshotJudgement,
    SnapshotOwnExpectation,
    SnapshotPupil,
    SnapshotPupilYear,
    SnapshotSchoolYear,
    SnapshotTerm,
)
from assessment.models.subjects import Subject

__all__ = [
    "BaselineSource",
    "CompletedSheet",
    "Decided",
    "ExpectationVersion",
    "FavouriteTemplate",
    "FrozenRow",
    "Judgement",
    "MarksheetTemplate",
    "OwnExpectation",
    "Reason",
    "SignDecision",
    "Snapshot",
    "SnapshotClassGroup",
    "SnapshotCustomGroup",
    "SnapshotCustomGroupPupil",
    "SnapshotEnrolment",
    "SnapshotJudgement",
    "SnapshotOwnExpectation",
    "SnapshotPupil",
    "SnapshotPupilYear",
    "SnapshotSchoolYear",
    "SnapshotTerm",
    "Source",
    "Subject",
]
