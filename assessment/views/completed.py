"""What the page of a class's sheet says of its being complete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assessment.engine.subjects import EYFS_AREAS, Subject
from assessment.queries.completed import completed, completed_together
from assessment.queries.completion import empty_cells
from assessment.queries.subjects import framework_of
from schools.permissions import Permission

if TYPE_CHECKING:
    from assessment.views.sheets import SheetRequest

# In the address of a sheet that asks whether it is complete although cells are empty.
ASKED = "complete"


def may_complete(of: SheetRequest) -> bool:
    """Who enters here, and who leads."""
    return of.whose.may_enter or (
        of.access.may(Permission.MANAGE_TERMS) and of.access.may(Permission.SEE_ALL_PUPILS)
    )


def _judged(of: SheetRequest) -> list[Subject]:
    found: list[Subject] = []
    for subject in completed_together(of.layout):
        found += [subject] if subject else EYFS_AREAS[framework_of(of.access)]
    return found


def still_empty(of: SheetRequest) -> int:
    """How many cells of the sheets that would be complete are empty, of the pupils on roll on the last day of the term."""
    class_group = of.whose.class_group
    empty = empty_cells(of.access, class_group, of.term, _judged(of)) if class_group else []
    return sum(len(each.subjects) for each in empty)


def state_on_page(of: SheetRequest) -> dict[str, Any]:
    """What the page of a class's sheet says of it: what is complete, and while it is asked whether to say so all the same, how much is empty."""
    if of.whose.class_group is None:
        return {}
    # Asked once: no link of the page asks it again.
    asked = of.request.GET.copy()
    asks = asked.pop(ASKED, None) is not None
    of.request.GET = asked  # type: ignore[assignment]
    state = completed(of.access, of.whose.class_group, of.layout)
    if state is None:
        return {}
    return {
        "completed": state,
        "may_complete": may_complete(of),
        "complete_address": of.address(door="complete"),
        "still_empty": still_empty(of) if asks and may_complete(of) else 0,
    }
