"""A city for the chaos: a conference under way, a token for every room, and an organiser who reads the journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from bridge.batch import Judge
from bridge.freezing import frozen_plan
from bridge.house import opened_house
from bridge.rules.deciding import change_phase
from bridge.rules.events import AnyEvent, ConferenceFrozen
from bridge.rules.model import Mode, Phase, Plan
from bridge.rules.projection import Draft
from bridge.settings import Server, Settings, Storage
from endpoints_registry.access import Role
from endpoints_registry.accounts import new_secret
from endpoints_registry.conferences import HANOI, Hotline, Sitting, planned, usual_rounds
from endpoints_registry.samples import growing
from tests.chaos.clock import SpedClock

CONFERENCE = "bao-tap"
SUMMONED = 64


@dataclass(frozen=True)
class City:
    codes: tuple[str, ...]
    """Measured points: those with a machine."""
    television: tuple[str, ...]
    tokens: Mapping[str, str]
    organiser: dict[str, str]
    """Headers of somebody who sees everything."""


def settings(folder: Path, port: int = 0) -> Settings:
    return Settings(server=Server(port=port), storage=Storage(folder=folder))


async def founded(folder: Path, halls: int, clock: SpedClock, television: int = 2) -> City:
    """So many halls in a sitting that has begun and goes on for hours; some of them watch television."""
    async with opened_house(settings(folder), clock) as house:
        registry = house.registry
        sample = growing.grown("hanoi-2023", halls)
        for file in (growing.units_csv(sample), growing.points_csv(sample)):
            made = await registry.import_file(file.encode())
            if made.faults:
                raise RuntimeError(f"the sample does not import: {made.faults[0]}")
        starts_at = datetime.fromtimestamp(clock.now() / 1000, HANOI) - timedelta(hours=1)
        ends_at = starts_at + timedelta(hours=12)
        day = registry.today()
        sitting = Sitting(f"{day}-am", "Buổi sáng", day, starts_at, ends_at, False, usual_rounds(starts_at, ends_at))
        conference = planned(
            CONFERENCE, "Bão tập", "city", "mixed", "01", Hotline("Trực ban", "024 3000 0800"), [sitting]
        )
        part = [kept for kept in registry.holdings.points if kept.unit.stands_on(day)]
        await registry.create_conference(conference, part, {(sitting.id, kept.point.code): SUMMONED for kept in part})
        plan = await registry.plan(CONFERENCE)
        if plan is None:
            raise RuntimeError("the conference was not kept")
        frozen = _before_sets(frozen_plan(plan), television)
        hall = await house.halls.open(CONFERENCE)
        for phase in (Phase.OPEN, Phase.LIVE):
            await hall.coordinator.command(_turned(frozen, phase, clock.now()), by="user:ann")
        codes = tuple(point.code for point in frozen.points)
        password = new_secret()
        await registry.add_account("ann", "Ann", Role.ORGANISER, password, None)
        session, _ = await registry.sign_in("ann", password, "127.0.0.1")
        return City(
            codes=codes[television:],
            television=codes[:television],
            tokens=await registry.issue_tokens(list(codes)),
            organiser={"Cookie": f"{registry.keyring.staff_cookie}={session}"},
        )


def _before_sets(plan: Plan, television: int) -> Plan:
    """The first halls of the plan watch television; all others have a line of ours."""
    points = tuple(
        msgspec.structs.replace(point, mode=Mode.TV if number < television else Mode.STREAM)
        for number, point in enumerate(plan.points)
    )
    return msgspec.structs.replace(plan, points=points)


def _turned(plan: Plan, phase: Phase, at_ms: int) -> Judge:
    def judge(draft: Draft) -> Sequence[tuple[AnyEvent, int]]:
        frozen = ((ConferenceFrozen(plan=plan), at_ms),) if draft.plan is None else ()
        return (*frozen, (change_phase(draft, phase, draft.version), at_ms))

    return judge
