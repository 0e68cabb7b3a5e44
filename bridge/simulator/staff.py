"""Who sits at the desks of a played day: those who act in the play, and coordinators of districts for whoever looks in."""

from typing import NamedTuple

from bridge.simulator.deeds import Hand
from endpoints_registry.access import Role
from endpoints_registry.samples.answering import near
from endpoints_registry.samples.growing import Sample, short
from endpoints_registry.vietnamese import fold

DISTRICTS = 3


class Seat(NamedTuple):
    username: str
    name: str
    role: Role
    unit: str | None
    """The unit whose halls are theirs; None: all."""
    unit_name: str = ""


def desks(sample: Sample) -> dict[Hand, Seat]:
    """Who acts: nobody approves their own correction, and whoever checks on the spot belongs to no hall."""
    root = sample.units[0].code
    return {
        Hand.STAFF: Seat("bantochuc", "Ban tổ chức", Role.ORGANISER, None),
        Hand.SECOND: Seat("bantochuc2", "Phó Ban tổ chức", Role.ORGANISER, None),
        Hand.COORDINATOR: Seat("dieuphoi", "Điều phối", Role.COORDINATOR, root),
        Hand.INSPECTOR: Seat("kiemtra", "Tổ kiểm tra", Role.INSPECTOR, root),
    }


def districts(sample: Sample) -> list[Seat]:
    """Coordinators of their own units, on duty all day long; among them the one where the power will fail."""
    there = near(sample)
    chosen = [*there[: DISTRICTS - 1], *there[DISTRICTS - 1 :][-1:]]
    return [
        Seat(f"dieuphoi.{fold(short(unit.name)).replace(' ', '')}", name, Role.COORDINATOR, unit.code, unit.name)
        for name, unit in chosen
    ]
