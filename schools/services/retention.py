"""What a school decides about how long it keeps records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from schools.models import ChangeKind, Pupil, RetentionHold, RetentionRule, School, User
from schools.queries.retention import DEFAULTS, Rule, rules_of
from schools.services.changes import acting, change_set


def set_rules(*, school: School, rules: Iterable[Rule], by: User | None) -> bool:
    """The school's rules from now on; what is as the default has no row. False where they were so already. Removes nobody."""
    held = rules_of(school)
    new = {rule.kind: rule for rule in rules}
    changed = {
        kind: rule
        for kind, rule in new.items()
        if (rule.counted_from, rule.years) != (held[kind].counted_from, held[kind].years)
    }
    if not changed:
        return False
    said = "; ".join(f"{kind.label}: {held[kind].words}, now {rule.words}" for kind, rule in changed.items())
    with change_set(school=school, kind=ChangeKind.RETENTION, by=by, reason=said):
        for kind, rule in changed.items():
            default = DEFAULTS[kind]
            if (rule.counted_from, rule.years) == (default.counted_from, default.years):
                RetentionRule.objects.in_school(school).filter(kind=kind).delete()
            else:
                RetentionRule.objects.update_or_create(
                    school=school,
                    kind=kind,
                    defaults={"counted_from": rule.counted_from, "years": rule.years},
                )
    return True


def keep(*, pupil: Pupil, until: dt.date, reason: str, by: User | None) -> RetentionHold:
    """Keep a record until a day, that day included, whatever the rules say."""
    with acting(by):
        held: RetentionHold = RetentionHold.objects.create(
            school_id=pupil.school_id, pupil=pupil, keep_until=until, reason=reason, decided_by=by
        )
    return held


def set_contact(*, school: School, contact: str, by: User | None) -> bool:
    """Whom to turn to about what the school holds; False where it was so already."""
    if school.data_protection_contact == contact:
        return False
    said = f"Contact for data protection: {contact or 'the site’s'}"
    with change_set(school=school, kind=ChangeKind.RETENTION, by=by, reason=said):
        School.objects.filter(pk=school.pk).update(data_protection_contact=contact)
    return True
