"""What a city would prepare before the day: registry, conference, duty roster, staff and keys."""

import secrets
from datetime import UTC, datetime

from bridge.house import House, Unusable
from bridge.rules.model import Plan
from bridge.simulator.deeds import Story
from bridge.simulator.playing import Keys, Login
from bridge.simulator.staff import Seat, desks, districts
from endpoints_registry import conferences
from endpoints_registry.conferences import Hotline
from endpoints_registry.samples import answering, growing


async def furnished(house: House, story: Story, sample: growing.Sample) -> tuple[Keys, dict[Seat, Login]]:
    """The keys of the play, and those of the districts' coordinators, who have no part in it. Raises Unusable."""
    registry, plan = house.registry, story.plan
    for file in (growing.units_csv(sample), growing.points_csv(sample)):
        made = await registry.import_file(file.encode())
        if made.faults:
            raise Unusable(f"the sample registry does not import: {made.faults[0]}")
    password = secrets.token_urlsafe(9)
    acting, nearby = desks(sample), districts(sample)
    for seat in (*acting.values(), *nearby):
        await registry.add_account(seat.username, seat.name, seat.role, password, seat.unit)
    codes = {point.code for point in plan.points}
    await registry.create_conference(
        _conference(plan, sample.units[0].code),
        [kept for kept in registry.holdings.points if kept.point.code in codes],
        {(sitting, point.code): people for point in plan.points for sitting, people in point.expected.items()},
    )
    roster = answering.roster(sample, _time(story.starts_ms), _time(story.ends_ms))
    await registry.put_duty(plan.conference, roster)
    links = await registry.issue_links(codes)
    tokens = await registry.issue_tokens(codes)
    keys = Keys(
        staff={hand: Login(seat.username, password) for hand, seat in acting.items()},
        links={code: house.address + link.path for code, link in links.items()},
        tokens=tokens,
    )
    return keys, {seat: Login(seat.username, password) for seat in nearby}


def _conference(plan: Plan, unit: str) -> conferences.Conference:
    return conferences.planned(
        plan.conference,
        plan.title,
        "city",
        "online",
        unit,
        Hotline("Trực ban thành phố", "024 3000 0800"),
        [
            conferences.Sitting(
                id=sitting.id,
                name=sitting.name,
                day=_time(sitting.starts_ms).astimezone(conferences.HANOI).date(),
                starts_at=_time(sitting.starts_ms),
                ends_at=_time(sitting.ends_ms),
                rehearsal=sitting.rehearsal,
                rounds=tuple(
                    conferences.Round(each.name.value, _time(each.opens_ms), _time(each.due_ms))
                    for each in sitting.rounds
                ),
            )
            for sitting in plan.sittings
        ],
    )


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
