"""The page that a leader reads: what happened, in the sentences of an office, from the same figures as the tables."""

from collections.abc import Sequence

import msgspec

from bridge.rules.attendance import NOBODY, People
from bridge.rules.trouble import Trouble
from dashboards.reports import spelling, troubles, words
from dashboards.reports.attendance import shares_of
from dashboards.reports.day import Day
from dashboards.reports.tables import Table


class Part(msgspec.Struct, frozen=True):
    heading: str
    """Without its number."""
    paragraphs: tuple[str, ...]
    table: Table | None = None
    """Shown under the paragraphs."""
    see: tuple[str, ...] = ()
    """Names of the tables that tell more: the document says which appendices they are."""


class Narrative(msgspec.Struct, frozen=True):
    about: str
    """What it is about (trích yếu), without «Báo cáo»."""
    standing: str
    """Which figures these are, as it stands in brackets after «như sau»."""
    parts: tuple[Part, ...]


class _Before:
    pass


def narrative(day: Day, tables: Sequence[Table], version: int, before: object) -> Narrative:
    """The page."""
    found = {table.name: table for table in tables}
    return Narrative(about="", standing="", parts=(_people(day, found),))


def _people(day: Day, tables: dict[str, Table]) -> Part:
    tally = day.scene.rollup.at("")
    people = tally.people.get(day.key, NOBODY) if day.key else NOBODY
    return Part(heading="Điểm cầu và đại biểu", paragraphs=(str(people.present),), table=tables["by_type"])


__all__ = ["Narrative", "People", "Trouble", "narrative", "shares_of", "spelling", "troubles", "words"]
