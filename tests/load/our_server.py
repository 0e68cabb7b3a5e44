"""Our whole server with a conference under way: frozen, live, every phone and every board let in."""

import argparse
import contextlib
import cProfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bridge import logs
from bridge.freezing import frozen_plan
from bridge.house import House, opened_house, stores
from bridge.journal.sql import open_journal
from bridge.rules.deciding import change_phase
from bridge.rules.events import AnyEvent, ConferenceFrozen
from bridge.rules.model import Phase
from bridge.rules.projection import Draft
from bridge.settings import Log, Server, Settings, Storage
from endpoints_registry.access import Role
from endpoints_registry.accounts import new_secret
from endpoints_registry.collecting import for_days
from endpoints_registry.conferences import HANOI, Hotline, Sitting, planned, usual_rounds
from endpoints_registry.door import csrf_token
from endpoints_registry.samples import growing
from tests.load import standing
from tests.load.bodies import Operator

CONFERENCE = "do-tai"
SUMMONED = 50


async def stand(chosen: argparse.Namespace) -> None:
    logs.configure("error", "json")
    settings = Settings(
        server=Server(port=0), storage=Storage(folder=Path(chosen.folder)), log=Log(level="error", format="json")
    )
    async with opened_house(settings) as house:
        await _planned(house, int(chosen.points))
        sitting = house.registry.holdings.conferences[CONFERENCE].sittings[0].id
        operators = await _phones_let_in(house)
        board = await _organiser_signed_in(house)
        badges = await _people_summoned(house, int(chosen.people or 0))
        await _gone_live(house)
    # The house has no setting for a slower disk; only here is one played.
    vars(stores)["open_journal"] = partial(open_journal, commit_delay_s=float(chosen.delay_s))
    # Opened anew on what is on disk, as a server that runs for days was.
    with _observed(chosen.profile):
        async with opened_house(settings) as house:
            standing.introduce(
                {
                    "port": int(house.address.rpartition(":")[2]),
                    "origin": house.address,
                    "conference": CONFERENCE,
                    "sitting": sitting,
                    "operators": operators,
                    "board": board,
                    "badges": badges,
                }
            )
            with for_days():
                await standing.until_unneeded()


async def _planned(house: House, points: int) -> None:
    registry = house.registry
    sample = growing.grown("hanoi-2023", points)
    for file in (growing.units_csv(sample), growing.points_csv(sample)):
        made = await registry.import_file(file.encode())
        if made.faults:
            raise RuntimeError(f"the sample does not import: {made.faults[0]}")
    starts_at = datetime.now(HANOI) - timedelta(hours=1)
    ends_at = starts_at + timedelta(hours=4)
    day = registry.today()
    sitting = Sitting(
        f"{day.isoformat()}-am", "Buổi sáng", day, starts_at, ends_at, False, usual_rounds(starts_at, ends_at)
    )
    conference = planned(
        CONFERENCE, "Hội nghị đo tải", "city", "mixed", "01", Hotline("Trực ban", "024 3000 0800"), [sitting]
    )
    part = [kept for kept in registry.holdings.points if kept.unit.stands_on(day)]
    await registry.create_conference(conference, part, {(sitting.id, kept.point.code): SUMMONED for kept in part})


async def _phones_let_in(house: House) -> list[Operator]:
    registry = house.registry
    operators = []
    codes = list(registry.directory.points)
    for code, link in (await registry.issue_links(codes)).items():
        token, _ = await registry.exchange(link.handle, link.secret, f"phone-{code}", "127.0.0.1")
        headers = {
            "Bridge-Link": link.handle,
            "Cookie": f"{registry.keyring.link_cookie(link.handle)}={token}",
            "X-CSRF-Token": csrf_token(token),
        }
        operators.append(Operator(code, headers))
    return operators


async def _people_summoned(house: House, people: int) -> dict[str, list[str]]:
    """The badges of so many people, by point; without people the conference keeps no names."""
    if not people:
        return {}
    registry = house.registry
    points = registry.holdings.chosen[CONFERENCE]
    codes = [kept.point.code for kept in points]
    lines = [f"{codes[number % len(codes)]},Nguyễn Văn {number}" for number in range(people)]
    await registry.names.switch(CONFERENCE, True, registry.now())
    made = await registry.names.import_roster(CONFERENCE, points, "\n".join(("point,name", *lines)).encode())
    if made.faults:
        raise RuntimeError(f"the roster does not import: {made.faults[0]}")
    roster = registry.names.asked(CONFERENCE)
    badges: dict[str, list[str]] = {code: [] for code in codes}
    for attendee in roster.people.values():
        badges[attendee.point].append(roster.badge(attendee.person))
    return badges


async def _organiser_signed_in(house: House) -> dict[str, str]:
    registry = house.registry
    password = new_secret()
    await registry.add_account("do-tai", "Người đo tải", Role.ORGANISER, password)
    token, _ = await registry.sign_in("do-tai", password, "127.0.0.1")
    return {"Cookie": f"{registry.keyring.staff_cookie}={token}"}


async def _gone_live(house: House) -> None:
    found = await house.registry.plan(CONFERENCE)
    if found is None:
        raise RuntimeError("the conference was not kept")
    plan = frozen_plan(found, names=house.registry.attendees(CONFERENCE) is not None)
    hall = await house.halls.open(CONFERENCE)
    at_ms = int(datetime.now(HANOI).timestamp() * 1000)

    def moved(phase: Phase) -> Callable[[Draft], Sequence[tuple[AnyEvent, int]]]:
        def judge(draft: Draft) -> Sequence[tuple[AnyEvent, int]]:
            frozen = ((ConferenceFrozen(plan=plan), at_ms),) if draft.plan is None else ()
            return (*frozen, (change_phase(draft, phase, draft.version), at_ms))

        return judge

    for phase in (Phase.OPEN, Phase.LIVE):
        await hall.coordinator.command(moved(phase), by="user:do-tai")


@contextlib.contextmanager
def _observed(file: str | None) -> Iterator[None]:
    """A profile of everything that happens meanwhile, if a file for it was named."""
    if file is None:
        yield
        return
    with cProfile.Profile() as profile:
        yield
    profile.dump_stats(file)


if __name__ == "__main__":
    standing.run(stand, "--folder", "--points", "--delay-s", "--people", "--profile")
