"""What was measured, as figures: quantiles, medians, and a table for people beside an object for programs."""

import argparse
import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from rich.console import Console
from rich.table import Table


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def options(about: str | None) -> argparse.ArgumentParser:
    """What every benchmark can be told."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument("--quick", action="store_true", help="ten seconds: whether it works, not how fast it is")
    return parser


def asked(about: str | None) -> argparse.Namespace:
    """The options of a benchmark that has none of its own."""
    return options(about).parse_args()


def say(text: str) -> None:
    """What is going on, on standard error: the figures alone are the output."""
    print(text, file=sys.stderr, flush=True)


def show(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    table = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left")
    for row in rows:
        table.add_row(*(_shown(cell) for cell in row))
    Console(width=120).print(table)


def _shown(cell: object) -> str:
    return f"{cell:,.2f}".rstrip("0").rstrip(".") if isinstance(cell, float) else str(cell)


def as_json(result: Mapping[str, object]) -> None:
    print(msgspec.json.format(msgspec.json.encode(result)).decode())
