"""Write into the records of years what follows from periods and claims; take what somebody sets by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.utils import timezone

from schools.calendar import AcademicYear
from schools.models import (
    ChangeKind,
    ClaimSource,
    Pupil,
    PupilYear,
    School,
    User,
    YearlyClaim,
    YearlyFlag,
)
from schools.queries.yearly_values import (
    Claim,
    Recorded,
    Told,
    Value,
    ValueChange,
    as_claimed,
    as_recorded,
    changes_by,
    open_years,
    told_of,
    values_of,
)
from schools.services.changes import acting, change_set
from schools.services.turns import take_turn_alone
from schools.yearly_flags import year_as_of

# How many pupils are read and written together.
BATCH = 2_000


@dataclass
class _Writing:
    """What is to be written of all pupils together."""

    years: dict[int, PupilYear] = field(default_factory=dict)
    columns: set[str] = field(default_factory=set)
    claims: list[YearlyClaim] = field(default_factory=list)
    # Pupil, year and flag of the derived claims that go.
    gone: list[tuple[int, AcademicYear, str]] = field(default_factory=list)


def work_out(
    *,
    school: School,
    pupils: Iterable[int],
    by: User | None,
    today: dt.date | None = None,
    years: Iterable[AcademicYear] | None = None,
) -> int:
    """Write the flags of these pupils, by their keys, in all years that are open, or in those of `years` that are; how many values became others.

    For whoever changed periods, claims, or records of years. A closed year is not touched. Needs the school open. A fixed number of statements for each `BATCH` of pupils.
    """
    today = today or timezone.localdate()
    wanted = open_years(school, today)
    wanted = wanted if years is None else wanted & set(years)
    changed = 0
    with acting(by):
        for some in _in_batches(pupils):
            writing = _Writing()
            for told in told_of(school, some).values():
                for year in wanted & told.years.keys():
                    values = values_of(told, year, today, is_open=True)
                    changed += _follow(writing, told, year, values, today)
            _write(writing, school)
    return changed


def _in_batches(pupils: Iterable[int]) -> Iterator[list[int]]:
    keys = list(pupils)
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def work_out_school(
    *, school: School, by: User | None, today: dt.date | None = None, dry_run: bool = False
) -> int:
    """The same of everybody who is in an open year, as days pass too: what began or ended since; how many values became others, or would."""
    today = today or timezone.localdate()
    with transaction.atomic():
        take_turn_alone(school)
        years = open_years(school, today)
        rows = PupilYear.objects.in_school(school).filter(academic_year__in=years, pupil__anonymised_at=None)
        pupils = set(rows.values_list("pupil_id", flat=True))
        count = sum(
            len(changes_by(told, years, today))
            for some in _in_batches(pupils)
            for told in told_of(school, some).values()
        )
        if count and not dry_run:
            reason = "Values of open years worked out again"
            with change_set(school=school, kind=ChangeKind.CHARACTERISTICS, by=by, reason=reason):
                work_out(school=school, pupils=pupils, by=by, today=today)
    return count


def _follow(
    writing: _Writing, told: Told, year: AcademicYear, values: Mapping[YearlyFlag, Value], today: dt.date
) -> int:
    """Bring the record and the derived claims of one year to what they have to be; how many flags became others."""
    row, changed = told.years[year], 0
    for flag, value in values.items():
        if as_claimed(getattr(row, flag)) != value.value:
            setattr(row, flag, as_recorded(flag, value.value))
            writing.years[row.pk] = row
            writing.columns.add(flag)
            changed += 1
        claims = told.claims.get((year, flag), {})
        held = claims.get(ClaimSource.DERIVED)
        is_told_otherwise = value.source is ClaimSource.IMPORTED or ClaimSource.IMPORTED in claims
        worked_out = "" if is_told_otherwise else value.worked_out
        if worked_out and (held is None or held.value != worked_out):
            said = Claim(worked_out, year_as_of(year, today))
            writing.claims.append(claim_row(row, flag, ClaimSource.DERIVED, said))
        elif held and not worked_out:
            writing.gone.append((row.pupil_id, year, flag))
    return changed


def claim_row(row: PupilYear, flag: str, source: ClaimSource, claim: Claim) -> YearlyClaim:
    """What a source says of a flag of this record, not saved."""
    return YearlyClaim(
        school_id=row.school_id,
        pupil_id=row.pupil_id,
        academic_year=row.academic_year,
        flag=flag,
        source=source,
        value=claim.value,
        as_of=claim.as_of,
        reason=claim.reason,
        said_by_id=claim.said_by,
    )


def _write(writing: _Writing, school: School) -> None:
    if writing.years:
        PupilYear.objects.bulk_update(writing.years.values(), sorted(writing.columns), batch_size=1000)
    write_claims(writing.claims)
    if writing.gone:
        gone = set(writing.gone)
        rows = YearlyClaim.objects.in_school(school).filter(
            source=ClaimSource.DERIVED, pupil__in={pupil for pupil, *_ in gone}
        )
        keys = [each.pk for each in rows if (each.pupil_id, each.academic_year, each.flag) in gone]
        YearlyClaim.objects.in_school(school).filter(pk__in=keys).delete()


def write_claims(claims: list[YearlyClaim]) -> None:
    """Add claims, or put them in the place of what the same source said before."""
    YearlyClaim.objects.bulk_create(
        claims,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["school", "pupil", "academic_year", "flag", "source"],
        update_fields=["value", "as_of", "reason", "said_by"],
    )


def override(
    *,
    pupil: Pupil,
    year: AcademicYear,
    flag: YearlyFlag,
    value: str,
    reason: str,
    by: User | None,
    today: dt.date | None = None,
) -> None:
    """Set a flag by hand, in an open year or a closed one: yes or no, or a status of SEN. It stays until it is taken back.

    Raises PupilYear.DoesNotExist where there is no record of the year, ValueError without a reason or for no such value.
    """
    if not reason.strip() or not value:
        raise ValueError("A value set by hand has a reason.")
    today = today or timezone.localdate()
    with change_set(school=pupil.school, kind=ChangeKind.CHARACTERISTICS, by=by, reason=reason):
        take_turn_alone(pupil.school)
        claim_by_hand(pupil=pupil, year=year, values={flag: value}, reason=reason, by=by, today=today)
        follow_record(pupil=pupil, year=year, by=by, today=today)


def effect_by_hand(
    pupil: Pupil, year: AcademicYear, flag: YearlyFlag, value: str, today: dt.date
) -> list[ValueChange]:
    """What would stand otherwise, were the flag set to this by hand. Writes nothing."""
    told = told_of(pupil.school, [pupil.pk])[pupil.pk]
    _record(pupil, told, year)
    by_hand = {ClaimSource.OVERRIDDEN: Claim(value, year_as_of(year, today))}
    claims = {**told.claims, (year, flag): {**told.claims.get((year, flag), {}), **by_hand}}
    is_open = open_years(pupil.school, today)
    if year in is_open:
        return changes_by(replace(told, claims=claims), is_open, today)
    before = as_claimed(getattr(told.years[year], flag))
    return [] if before == value else [ValueChange(year, flag, before, value)]


def claim_by_hand(
    *,
    pupil: Pupil,
    year: AcademicYear,
    values: Mapping[YearlyFlag, str],
    reason: str,
    by: User | None,
    today: dt.date,
) -> None:
    """Claim what somebody sets, and keep beneath it what the record said; `follow_record` makes it the record's."""
    told = told_of(pupil.school, [pupil.pk])[pupil.pk]
    row = _record(pupil, told, year)
    said = Claim("", year_as_of(year, today), reason, by.pk if by else None)
    claims = []
    for flag, value in values.items():
        recorded = as_claimed(getattr(row, flag))
        if recorded and not told.claims.get((year, flag)):
            claims.append(claim_row(row, flag, ClaimSource.IMPORTED, Claim(recorded)))
        claims.append(
            claim_row(row, flag, ClaimSource.OVERRIDDEN, Claim(value, said.as_of, said.reason, said.said_by))
        )
    write_claims(claims)


def correct_by_hand(
    *, pupil: Pupil, year: AcademicYear, said: Mapping[YearlyFlag, Recorded], reason: str, by: User | None
) -> None:
    """Take what a correction of the year's record says of flags: a value is set by hand, of what is emptied nobody claims anything any more."""
    today = timezone.localdate()
    kept = {flag: as_claimed(value) for flag, value in said.items() if as_claimed(value)}
    emptied = {flag.value: value for flag, value in said.items() if flag not in kept}
    if emptied:
        of_year = {"pupil": pupil, "academic_year": year}
        YearlyClaim.objects.in_school(pupil.school).filter(flag__in=emptied, **of_year).delete()
        PupilYear.objects.in_school(pupil.school).filter(**of_year).update(**emptied)
    if kept:
        claim_by_hand(pupil=pupil, year=year, values=kept, reason=reason, by=by, today=today)
    follow_record(pupil=pupil, year=year, by=by, today=today)


def _record(pupil: Pupil, told: Told, year: AcademicYear) -> PupilYear:
    if year not in told.years:
        raise PupilYear.DoesNotExist(f"{pupil.full_name} has no record of {year}.")
    return told.years[year]


def take_back_override(
    *, pupil: Pupil, year: AcademicYear, flag: YearlyFlag, by: User | None, today: dt.date | None = None
) -> bool:
    """Let what was said before count again, or what is worked out; False where nothing was set by hand."""
    today = today or timezone.localdate()
    reason = f"{flag.label} of {year.label} is no longer set by hand"
    with change_set(school=pupil.school, kind=ChangeKind.CHARACTERISTICS, by=by, reason=reason):
        take_turn_alone(pupil.school)
        overridden = YearlyClaim.objects.in_school(pupil.school).filter(
            pupil=pupil, academic_year=year, flag=flag, source=ClaimSource.OVERRIDDEN
        )
        if not overridden.delete()[0]:
            return False
        follow_record(pupil=pupil, year=year, by=by, today=today, taken_back=flag)
    return True


def follow_record(
    *,
    pupil: Pupil,
    year: AcademicYear,
    by: User | None,
    today: dt.date,
    taken_back: YearlyFlag | None = None,
) -> None:
    """Bring one year's record to what is claimed of it; in a closed year nothing is worked out anew. Other open years follow.

    `taken_back`: what stood there was set by hand and is no longer claimed by anybody, so that it is not taken for the record's own.
    """
    if taken_back:
        unsaid = "" if taken_back is YearlyFlag.SEN else None
        claimed = YearlyClaim.objects.in_school(pupil.school).filter(
            pupil=pupil, academic_year=year, flag=taken_back
        )
        if not claimed.exists():
            PupilYear.objects.in_school(pupil.school).filter(pupil=pupil, academic_year=year).update(
                **{taken_back: unsaid}
            )
    if year not in open_years(pupil.school, today):
        _follow_in_closed_year(pupil, year, today)
    work_out(school=pupil.school, pupils=[pupil.pk], by=by, today=today)


def _follow_in_closed_year(pupil: Pupil, year: AcademicYear, today: dt.date) -> None:
    """Nothing is worked out there: what is claimed goes into the record, and no other flag moves."""
    told = told_of(pupil.school, [pupil.pk])[pupil.pk]
    row = told.years[year]
    said = {
        flag.value: as_recorded(flag, value.value)
        for flag, value in values_of(told, year, today, is_open=False).items()
        if as_claimed(getattr(row, flag)) != value.value
    }
    if said:
        PupilYear.objects.in_school(pupil.school).filter(pk=row.pk).update(**said)
