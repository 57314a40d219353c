"""Numbers of the common transfer files that a school writes."""

from __future__ import annotations

from schools.models import CtfSerial, School, User
from schools.services.changes import acting
from schools.services.turns import take_turn_alone

HIGHEST = 999


def next_serial(*, school: School, destination: str, by: User | None) -> int:
    """The number of the next file for this destination, a DfE number or XXXXXXX: 1 to 999, then 1 again. No two files take the same. Needs the school open."""
    with acting(by):
        take_turn_alone(school)
        serial = CtfSerial.objects.in_school(school).filter(destination=destination).first()
        if serial is None:
            return int(CtfSerial.objects.create(school=school, destination=destination, last=1).last)
        serial.last = serial.last % HIGHEST + 1
        serial.save(update_fields=["last"])
        return int(serial.last)
