"""The figures of a report, from the scene: titled tables of plain values and the words that a leader reads.

Pure: the same scene at the same moment gives the same figures, and figures that were kept give the same documents.
"""

from collections.abc import Mapping, Sequence

import msgspec

from bridge.rules.attendance import NOBODY, People
from bridge.rules.scene import Scene
from dashboards.reports import attendance, lines, narrative, settling, standing, troubles
from dashboards.reports.day import Day
from dashboards.reports.narrative import Before, Narrative
from dashboards.reports.tables import Table


class Heads(msgspec.Struct, frozen=True):
    """Where both chains ended when the figures were taken: whoever holds the paper can hold the logs against it."""

    journal: str = ""
    """SHA-256, hex, of the conference's journal at the figures' position."""
    audit: str = ""
    """SHA-256, hex, of the registry's audit log."""


class Totals(msgspec.Struct, frozen=True):
    """Of kept figures what the next version is told against: whoever reads no more need not read 11,000 rows."""

    version: int
    people: People


class Figures(msgspec.Struct, frozen=True):
    conference: str
    title: str
    version: int
    """Which version they are, or would be if they were signed."""
    closed: bool
    """Whether the conference was closed; before, everything is provisional."""
    position: int
    """Of the journal: what they are made of, and nothing later."""
    made_ms: int
    settled_ms: int
    """When they became what they are: the close, or the newest correction after it."""
    sitting: str
    round: str
    """The count that the totals are of; both empty where no round is planned."""
    points: int
    people: People
    narrative: Narrative
    tables: tuple[Table, ...]
    heads: Heads = Heads()

    def table(self, name: str) -> Table:
        """Raises KeyError."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)


def figures(
    scene: Scene,
    now_ms: int,
    extra: Sequence[Table] = (),
    *,
    version: int = 1,
    before: Before | None = None,
    heads: Heads | None = None,
    named: Mapping[str, str] | None = None,
) -> Figures:
    """Everything that is to be reported of a conference as it stands now.

    `before`: what was signed last (`signed_before`), against which the difference is told.
    `extra`: tables that are made elsewhere, put behind ours. `named`: how holders of accounts are called, by user name.
    Raises ValueError for a conference whose list is not frozen.
    """
    plan = scene.state.plan
    if plan is None:
        raise ValueError("hội nghị chưa chốt danh sách điểm cầu nên chưa có gì để báo cáo")
    key = scene.round_at(now_ms)
    day = Day(scene=scene, plan=plan, now_ms=now_ms, key=key, named=named or {})
    tables = (
        *attendance.tables(day),
        *standing.tables(day),
        *lines.tables(day),
        *troubles.tables(day),
        *settling.tables(day, before.version if before else 0),
        *extra,
    )
    people = scene.rollup.at("").people.get(key, NOBODY) if key else NOBODY
    return Figures(
        conference=plan.conference,
        title=plan.title,
        version=version,
        closed=day.closed,
        position=scene.position,
        made_ms=now_ms,
        settled_ms=day.settled_ms,
        sitting=key[0] if key else "",
        round=key[1].value if key else "",
        points=len(scene.state.points),
        people=people,
        narrative=narrative.narrative(day, tables, version, before),
        tables=tables,
        heads=heads or Heads(),
    )


def encode(figures: Figures) -> bytes:
    """As JSON, the same bytes for the same figures: what a signature's SHA-256 is taken of."""
    return msgspec.json.encode(figures, order="deterministic")


def decode(kept: bytes) -> Figures:
    return msgspec.json.decode(kept, type=Figures)


def signed_before(kept: bytes, signed_ms: int) -> Before:
    """A version as the next one tells its difference against it."""
    totals = msgspec.json.decode(kept, type=Totals)
    return Before(totals.version, totals.people, signed_ms)
