"""The flash (tin nhanh): the two numbers of the day in one sentence, wherever it is said."""

import msgspec

from bridge.rules.attendance import NOBODY, People
from bridge.rules.hours import in_the_hall
from bridge.rules.model import Link, Point, RoundKey, Stage
from bridge.rules.projection import UP
from bridge.rules.rollup import ROOT
from bridge.rules.scene import Scene
from bridge.rules.spelling import figure, percent


class Flash(msgspec.Struct, frozen=True):
    """The figures of one moment and one round."""

    at_ms: int
    key: RoundKey | None
    sitting_name: str
    points: int
    ready: int
    """Points whose line carries; of those without a line, the ones that have reported, or by TV or radio are on site."""
    connected: int
    """Points whose line carries."""
    received: int
    """Points that have reported the round."""
    lost: int
    people: People


def flash(scene: Scene, key: RoundKey | None, now_ms: int, unit: str = ROOT) -> Flash:
    """Of a unit's subtree; by default of all."""
    tally, plan = scene.rollup.at(unit), scene.state.plan
    without_line = sum(_is_ready(point, key) for point in scene.points_under(unit))
    connected = sum(tally.links[link] for link in UP)
    sittings = plan.sittings if plan else ()
    return Flash(
        at_ms=now_ms,
        key=key,
        sitting_name=next((each.name for each in sittings if key and each.id == key[0]), key[0] if key else ""),
        points=tally.points,
        ready=connected + without_line,
        connected=connected,
        received=tally.received[key] if key else 0,
        lost=tally.links[Link.LOST],
        people=tally.people.get(key, NOBODY) if key else NOBODY,
    )


def _is_ready(point: Point, key: RoundKey | None) -> bool:
    """Whether a point that has no line is there all the same: nobody is counted as absent for want of a machine."""
    if point.link not in (Link.NOT_MEASURED, Link.NEVER_SEEN):
        return False
    return key in point.figures or (point.link is Link.NOT_MEASURED and point.stage is not Stage.NOT_OPENED)


def sentence(said: Flash) -> str:
    """`Đến 8 giờ 00: 762/766 điểm cầu, 51.488/55.200 đại biểu, 93,3%`."""
    at = in_the_hall(said.at_ms)
    people = said.people
    share = f", {percent(people.present, people.expected)}" if people.expected else ""
    return (
        f"Đến {at.hour} giờ {at:%M}: {figure(said.ready)}/{figure(said.points)} điểm cầu, "
        f"{figure(people.present)}/{figure(people.expected)} đại biểu{share}"
    )
