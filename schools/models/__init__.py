"""Who is where, and who may see it."""

from schools.models.audit import AccountRecord, AuditRecord, Happening
from schools.models.changes import ChangeKind, ChangeSet
from schools.models.enrolments import Enrolment, PupilYear, SenStatus
from schools.models.groups import CustomGroup, CustomGroupPupil
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
from schools.models.school import Partnership, School
from schools.models.school_owned import Handed, SchoolOwned
from schools.models.sessions import SecondStepRemoval, Session
from schools.models.windows import EntryWindow
from schools.models.years import ClassGroup, ClassTeacher, SchoolYear, Term

__all__ = [
    "AccountRecord",
    "AuditRecord",
    "ChangeKind",
    "ChangeSet",
    "ClassGroup",
    "ClassTeacher",
    "CountedFrom",
    "CustomGroup",
    "CustomGroupPupil",
    "Enrolment",
    "EntryWindow",
    "Handed",
    "Happening",
    "Invitation",
    "Job",
    "JobPaper",
    "JobState",
    "Membership",
    "NamesGrant",
    "NamesReading",
    "OfferState",
    "OfferedPupil",
    "PackRelease",
    "Partnership",
    "PartnershipMembership",
    "Pupil",
    "PupilRemoval",
    "PupilYear",
    "RemovalKind",
    "RetentionHold",
    "RetentionKind",
    "RetentionRule",
    "Role",
    "School",
    "SchoolOwned",
    "SchoolYear",
    "SecondStepRemoval",
    "SenStatus",
    "Session",
    "Sex",
    "SubjectLead",
    "Term",
    "TransferOffer",
    "User",
]
