"""Files in and out: what came in, and what is wrong with it."""

from datetime import date
from typing import Literal

from endpoints_registry.bodies import Asked, Told


class ImportQuery(Asked):
    dry_run: bool = False
    day: date | None = None


class ExportQuery(Asked):
    kind: Literal["units", "successors", "points", "expected"] | None = None
    """All kinds, one sheet each, if not given; a CSV file holds one."""
    format: Literal["xlsx", "csv"] = "xlsx"
    day: date | None = None


class FaultTold(Told):
    sheet: str
    row: int
    column: str
    message: str


class Tally(Told):
    new: int
    changed: int
    unchanged: int


class ChangeTold(Told):
    kind: str
    key: str
    name: str
    new: bool
    altered: dict[str, list[str | int | None]]
    """Field: before and after."""


class ImportAnswer(Told):
    dry_run: bool
    imported: bool
    tallies: dict[str, Tally]
    """By kind of table."""
    changes: list[ChangeTold]
    changes_left_out: int
    errors: list[FaultTold]
    errors_left_out: int
