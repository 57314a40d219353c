"""Who is where, and who may see it."""

from schools.models.audit import AccountRecord, AuditRecord, Happening
from schools.models.changes import ChangeKind, ChangeSet
from schools.models.characteristics import (
    CareArrangement,
    CareKind,
    CarePeriod,
    ClaimSource,
    FsmKind,
    FsmPeriod,
    PeriodSource,
    SchoolAttended,
    SenNeed,
    SenPeriod,
    UkCountry,
    YearlyClaim,
    YearlyFlag,
)
from schools.models.duplicates import ToldApart
from schools.models.enrolments import Enrolment, PupilYear, SenStatus
from schools.models.groups import CustomGroup, CustomGroupPupil
from schools.models.imports import ColumnMapping, ImportPaper, ImportRun, ImportState
from schools.models.invitations import Invitation
from schools.models.jobs import Job, JobPaper, JobState
from schools.models.memberships import Membership, PartnershipMembership, Role, SubjectLead
from schools.models.moving import OfferedPupil, OfferState, TransferOffer
from schools.models.names_grants import NamesGrant, NamesReading
from schools.models.people import User
from schools.models.privacy import (
    CountedFrom,
    PupilRemoval,
    RemovalKind,
    RetentionHold,
    RetentionKind,
    RetentionRule,
)
from schools.models.pupils import Pupil, Sex
from schools.models.releases import PackRelease
from schools.models.roll_over import Goes, RollOver, RollOverClass, RollOverMove, RollOverPupil
from schools.models.school import Partnership, School
from schools.models.school_owned import Handed, OnMerge, SchoolOwned
from schools.models.september import SeptemberCheck, SeptemberTick
from schools.models.sessions import SecondStepRemoval, Session
from schools.models.statutory import CtfResultRaw, CtfSerial
from schools.models.windows import EntryWindow
from schools.models.years import ClassGroup, ClassTeacher, SchoolYear, Term

__all__ = [
    "AccountRecord",
    "AuditRecord",
    "CareArrangement",
    "CareKind",
    "CarePeriod",
    "ChangeKind",
    "ChangeSet",
    "ClaimSource",
    "ClassGroup",
    "ClassTeacher",
    "ColumnMapping",
    "CountedFrom",
    "CtfResultRaw",
    "CtfSerial",
    "CustomGroup",
    "CustomGroupPupil",
    "Enrolment",
    "EntryWindow",
    "FsmKind",
    "FsmPeriod",
    "Goes",
    "Handed",
    "Happening",
    "ImportPaper",
    "ImportRun",
    "ImportState",
    "Invitation",
    "Job",
    "JobPaper",
    "JobState",
    "Membership",
    "NamesGrant",
    "NamesReading",
    "OfferState",
    "OfferedPupil",
    "OnMerge",
    "PackRelease",
    "Partnership",
    "PartnershipMembership",
    "PeriodSource",
    "Pupil",
    "PupilRemoval",
    "PupilYear",
    "RemovalKind",
    "RetentionHold",
    "RetentionKind",
    "RetentionRule",
    "Role",
    "RollOver",
    "RollOverClass",
    "RollOverMove",
    "RollOverPupil",
    "School",
    "SchoolAttended",
    "SchoolOwned",
    "SchoolYear",
    "SecondStepRemoval",
    "SenNeed",
    "SenPeriod",
    "SenStatus",
    "SeptemberCheck",
    "SeptemberTick",
    "Session",
    "Sex",
    "SubjectLead",
    "Term",
    "ToldApart",
    "TransferOffer",
    "UkCountry",
    "User",
    "YearlyClaim",
    "YearlyFlag",
]
