"""A table of a report: titled columns and plain values, whatever it is written as."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

Cell = str | int | float | None
"""None: nothing is known, which is never 0. A moment is milliseconds since the epoch, a percentage 95.3 for 95,3 %."""


class Kind(StrEnum):
    TEXT = "text"
    INT = "int"
    PERCENT = "percent"
    DATETIME = "datetime"
    TIME = "time"
    """A moment of which the day is known."""
    MINUTES = "minutes"


class Column(msgspec.Struct, frozen=True):
    key: str
    title: str
    kind: Kind = Kind.TEXT
    width: int = 10
    """How many letters it has room for."""


class Table(msgspec.Struct, frozen=True):
    name: str
    """For programs, and the name of its sheet's file: `by_unit`."""
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...] | None = None
    """The line under the rows, as wide as they are."""
    note: str = ""
    """How to read it: said under the title."""
    empty: str = "Không có."
    """What stands there instead of rows."""

    def __post_init__(self) -> None:
        for row in (*self.rows, *([self.totals] if self.totals else [])):
            if len(row) != len(self.columns):
                raise ValueError(f"bảng {self.name}: {len(row)} ô trong {len(self.columns)} cột")

    def column(self, key: str) -> list[Cell]:
        """The cells of a column, without its total."""
        place = [column.key for column in self.columns].index(key)
        return [row[place] for row in self.rows]

    def only(self, *keys: str) -> "Table":
        """The same table with these columns, in this order."""
        places = [[column.key for column in self.columns].index(key) for key in keys]

        def cut(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
            return tuple(row[place] for place in places)

        return msgspec.structs.replace(
            self,
            columns=tuple(self.columns[place] for place in places),
            rows=tuple(cut(row) for row in self.rows),
            totals=cut(self.totals) if self.totals else None,
        )

    def retitled(self, titles: Mapping[str, str]) -> "Table":
        """The same table with other words over some columns."""
        return msgspec.structs.replace(
            self,
            columns=tuple(
                msgspec.structs.replace(column, title=titles.get(column.key, column.title)) for column in self.columns
            ),
        )
