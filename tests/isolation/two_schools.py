"""Two schools, each with a row in every school-owned table: what all leak tests look at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from django.utils import timezone

from assessment.engine.subjects import READING
from assessment.models import (
    CompletedSheet,
    Decided,
    FavouriteTemplate,
    Judgement,
    MarksheetTemplate,
    OwnExpectation,
    SignDecision,
    Snapshot,
)
from assessment.services.snapshots import freeze
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import (
    AuditRecord,
    CareKind,
    CarePeriod,
    ChangeKind,
    ChangeSet,
    ClaimSource,
    ClassGroup,
    ClassTeacher,
    ColumnMapping,
    CountedFrom,
    CtfResultRaw,
    CtfSerial,
    CustomGroup,
    CustomGroupPupil,
    EntryWindow,
    FsmKind,
    FsmPeriod,
    Goes,
    Happening,
    ImportPaper,
    ImportRun,
    ImportState,
    Invitation,
    Job,
    JobPaper,
    JobState,
    Membership,
    NamesGrant,
    NamesReading,
    OfferedPupil,
    PackRelease,
    Partnership,
    PeriodSource,
    Pupil,
    PupilRemoval,
    PupilYear,
    RemovalKind,
    RetentionHold,
    RetentionKind,
    RetentionRule,
    Role,
    RollOver,
    RollOverClass,
    RollOverMove,
    RollOverPupil,
    School,
    SchoolAttended,
    SenNeed,
    SenPeriod,
    SeptemberCheck,
    SeptemberTick,
    SubjectLead,
    ToldApart,
    TransferOffer,
    User,
    YearlyClaim,
    YearlyFlag,
)
from schools.row_security import visible_to
from schools.services import classes, memberships
from schools.services.changes import change_set
from tests.factories import ClassGroupFactory, PupilFactory, SchoolFactory, UserFactory, judged, on_roll


@dataclass(frozen=True)
class WholeSchool:
    """One school and a row of each kind in it."""

    school: School
    teacher: User
    membership: Membership
    class_group: ClassGroup
    class_teacher: ClassTeacher
    pupil_year: PupilYear
    change: ChangeSet
    judgement: Judgement
    group: CustomGroup
    template: MarksheetTemplate
    job: Job
    snapshot: Snapshot
    invitation: Invitation
    meals: FsmPeriod
    offer: TransferOffer
    second_record: Pupil
    import_run: ImportRun

    @property
    def pupil(self) -> Pupil:
        return self.pupil_year.pupil


def whole_school(school: School, year: AcademicYear, surname: str) -> WholeSchool:
    """Fill an opened school; its only pupil, and a record that was merged into the pupil's, bear the surname, so that a leak can be seen in a page."""
    teacher = UserFactory.create()
    with visible_to(school):
        membership = memberships.grant(school=school, user=teacher, role=Role.TEACHER, by=None)
        class_group = ClassGroupFactory.create(school=school, academic_year=year)
        class_teacher = classes.assign_teacher(class_group=class_group, membership=membership, by=None)
        pupil_year = on_roll(school, year, class_group=class_group, pupil__surname=surname)
        with change_set(school=school, kind=ChangeKind.DEMO, by=teacher) as change:
            pass
        judgement = judged(pupil_year.pupil, year)
        of_year = {"school": school, "academic_year": year}
        group = CustomGroup.objects.create(name=f"{surname} booster", **of_year)
        CustomGroupPupil.objects.create(group=group, pupil=pupil_year.pupil, **of_year)
        EntryWindow.objects.create(term=TermName.AUTUMN, year_group=YearGroup.Y4, **of_year)
        CompletedSheet.objects.create(
            class_group=class_group,
            term=TermName.AUTUMN,
            subject_id=READING.number,
            completed_by=teacher,
            **of_year,
        )
        template = MarksheetTemplate.objects.create(
            school=school,
            name=f"{surname}'s sheet",
            columns=[{"key": "c1", "kind": "judgement", "subject": "reading", "term": "now"}],
        )
        SignDecision.objects.create(
            pupil=pupil_year.pupil,
            term=TermName.AUTUMN,
            subject_id=READING.number,
            decided=Decided.ADAPT,
            reason=f"{surname} missed a term.",
            decided_by=teacher,
            **of_year,
        )
        OwnExpectation.objects.create(
            pupil=pupil_year.pupil,
            steps_a_year=4,
            reason=f"{surname} takes small steps.",
            agreed_by=teacher,
            **of_year,
        )
        FavouriteTemplate.objects.create(school=school, user=teacher, template=str(template.public_id))
        SubjectLead.objects.create(school=school, membership=membership, subject=READING.code)
        invitation = Invitation.objects.create(
            school=school,
            email=f"{surname.lower()}@school.test",
            name=f"{surname}'s aunt",
            roles=[Role.TEACHER],
            key_hash=f"{surname:.<64}",
            sent_at=timezone.now(),
            expires_at=timezone.now() + dt.timedelta(days=7),
        )
        grant = NamesGrant.objects.create(
            school=school,
            partnership=school.partnership,
            purpose="Moderation",
            granted_by=teacher,
            starts_on=year.starts_on - dt.timedelta(days=2),
            ends_on=year.starts_on - dt.timedelta(days=1),
        )
        NamesReading.objects.create(
            school=school, grant=grant, read_by=teacher, read_at=timezone.now(), figure="Year 4 Mathematics"
        )
        job = Job.objects.create(
            kind="governors-pack",
            asked_by=teacher,
            asked_at=timezone.now(),
            state=JobState.DONE,
            finished_at=timezone.now(),
            **of_year,
        )
        JobPaper.objects.create(
            school=school,
            job=job,
            arguments={"doing": f"What we do for {surname}"},
            file_name="pack.pdf",
            content_type="application/pdf",
            content=f"{surname} in a file".encode(),
        )
        import_run = ImportRun.objects.create(
            kind="roll", state=ImportState.DONE, change=change, counts={"new": 1}, by=teacher, **of_year
        )
        said = {"row": 2, "name": f"{surname}, Kim", "told": ["Year 4"]}
        section = {"key": "new", "title": "New", "count": "1 new", "lines": [said], "explained": ""}
        ImportPaper.objects.create(
            school=school, run=import_run, file_name="roll.csv", shown={"sections": [section]}
        )
        ColumnMapping.objects.create(school=school, kind="roll", heading="family", field="legal_surname")
        PackRelease.objects.create(
            term=TermName.SPRING, figures=[], made_by=teacher, made_at=timezone.now(), **of_year
        )
        AuditRecord.objects.create(
            school=school, what=Happening.PUPIL_SEEN, account=teacher.pk, pupil=pupil_year.pupil
        )
        RetentionRule.objects.create(
            school=school, kind=RetentionKind.LEAVER, counted_from=CountedFrom.LEAVING, years=6
        )
        RetentionHold.objects.create(
            school=school,
            pupil=pupil_year.pupil,
            keep_until=year.starts_on,
            reason=f"{surname}'s brother is still here.",
            decided_by=teacher,
        )
        PupilRemoval.objects.create(
            school=school,
            kind=RemovalKind.ANONYMISED,
            reason="The rule was met.",
            removed_by=teacher,
            removed_on=year.starts_on,
        )
        # Frozen where they count.
        Partnership.objects.filter(pk=school.partnership_id).update(allows_own_steps=True)
        meals = characteristics_of(pupil_year, teacher)
        second_record = PupilFactory.create(school=school, surname=surname, merged_into=pupil_year.pupil)
        ToldApart.objects.create(
            school=school, pupil=pupil_year.pupil, reason=f"Not {surname}’s twin", decided_by=teacher
        )
        planned_for(pupil_year, teacher)
        offer = TransferOffer.objects.create(
            from_school=school,
            to_school=SchoolFactory.create(),
            last_day=year.ends_on,
            academic_year=year + 1,
            offered_by=teacher,
            offered_at=timezone.now(),
            stands_until=year.ends_on,
            pupils=1,
        )
        OfferedPupil.objects.create(school=school, offer=offer, pupil_key=pupil_year.pupil.public_id)
        CtfResultRaw.objects.create(
            school=school, pupil=pupil_year.pupil, stage="KS1", component="PHO", qualifier="NM", result="35"
        )
        CtfSerial.objects.create(school=school, destination="8604001", last=1)
        snapshot = freeze(school=school, academic_year=year, term=TermName.SUMMER, by=teacher)
    return WholeSchool(
        school=school,
        teacher=teacher,
        membership=membership,
        class_group=class_group,
        class_teacher=class_teacher,
        pupil_year=pupil_year,
        change=change,
        judgement=judgement,
        group=group,
        template=template,
        job=job,
        snapshot=snapshot,
        invitation=invitation,
        meals=meals,
        second_record=second_record,
        offer=offer,
        import_run=import_run,
    )


def characteristics_of(pupil_year: PupilYear, by: User) -> FsmPeriod:
    """A row in each table of what was true of the pupil from day to day."""
    year = pupil_year.academic_year
    of_pupil = {"school": pupil_year.school, "pupil": pupil_year.pupil}
    typed = {**of_pupil, "source": PeriodSource.TYPED}
    meals: FsmPeriod = FsmPeriod.objects.create(kind=FsmKind.LEGACY, starts_on=year.starts_on, **typed)
    SenPeriod.objects.create(code="K", status="K", starts_on=year.starts_on, **typed)
    SenNeed.objects.create(rank=1, need="SLCN", **typed)
    CarePeriod.objects.create(kind=CareKind.IN_CARE, authority="873", starts_on=year.starts_on, **typed)
    SchoolAttended.objects.create(name="Elm Grove Infant School", urn="990999", **typed)
    YearlyClaim.objects.create(
        academic_year=year,
        flag=YearlyFlag.FSM6,
        source=ClaimSource.OVERRIDDEN,
        value="yes",
        reason=f"{pupil_year.pupil.surname}'s mother showed the letter.",
        said_by=by,
        **of_pupil,
    )
    return meals


def planned_for(pupil_year: PupilYear, by: User) -> None:
    """A row in each table of the year to come, and a check of this one."""
    school, year = pupil_year.school, pupil_year.academic_year
    begins = dt.date(year + 1, 9, 1)
    days = [begins + dt.timedelta(days=100 * at + 90 * end) for at in range(3) for end in (0, 1)]
    plan = RollOver.objects.create(school=school, academic_year=year, dates=days)
    of_plan = {"school": school, "roll_over": plan}
    planned = RollOverClass.objects.create(name="5A", **of_plan)
    RollOverMove.objects.create(
        from_class=pupil_year.class_group, year_group=YearGroup.Y4, goes=Goes.UP, to_class=planned, **of_plan
    )
    RollOverPupil.objects.create(pupil=pupil_year.pupil, goes=Goes.HELD, **of_plan)
    SeptemberTick.objects.create(
        school=school, academic_year=year, pupil=pupil_year.pupil, what=SeptemberCheck.NEW, ticked_by=by
    )


@pytest.fixture
def ours(school: School, year: AcademicYear) -> WholeSchool:
    return whole_school(school, year, "Ourchild")


@pytest.fixture
def theirs(other_school: School, year: AcademicYear) -> WholeSchool:
    return whole_school(other_school, year, "Theirchild")
