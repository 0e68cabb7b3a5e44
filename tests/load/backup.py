"""How long the street stands still while everything is copied beside it."""

import asyncio
import tempfile
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from bridge import logs
from bridge.coordinator import Coordinator
from bridge.journal import Journal
from bridge.journal.sql import open_journal
from bridge.keeping.backups import Backups, Made, Terms
from bridge.rules import events
from endpoints_registry.registry import open_registry
from tests.load import figures
from tests.load.figures import ms, quantile, say
from tests.load.recall import CONFERENCE, lived
from tests.rules.day import HandClock

ROWS = 300_000
QUICK_ROWS = 5_000
CALM_S = 5.0
PACE_S = 0.002
"""Between two turns: some 400 a second."""
STALL_MS = 200
"""No turn may take longer because of a backup."""


async def turns(street: Coordinator, during: Awaitable[object]) -> list[float]:
    """How long each turn took, one after the other for as long as that lasts."""
    waited = asyncio.ensure_future(during)
    took = []
    while not waited.done():
        begun = perf_counter()
        now = street.clock.now()
        await street.command(lambda _draft, at=now: ((events.JobFired(job="do", due_ms=at), at),), by="system")  # type: ignore[misc]
        took.append(perf_counter() - begun)
        await asyncio.sleep(PACE_S)
    await waited
    return took


async def bench(rows: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="bridge-backup-") as made:
        folder = Path(made) / "data"
        folder.mkdir()
        say(f"backup: recording {rows:,} scans ...")
        journal = await open_journal(f"sqlite+aiosqlite:///{folder / 'journal.sqlite'}")
        try:
            await lived(journal, rows)
            async with open_registry(f"sqlite+aiosqlite:///{folder / 'registry.sqlite'}"):
                return await _measured(journal, folder, Path(made) / "copy.zip", rows)
        finally:
            await journal.close()


async def _measured(journal: Journal, folder: Path, target: Path, rows: int) -> dict[str, Any]:
    street = Coordinator(CONFERENCE, journal, HandClock(0), lambda _street, _placed, _points: None)
    await street.open()
    walking = asyncio.create_task(street.run())
    backups = Backups(folder, Terms(None, timedelta(minutes=5), 1), lambda: datetime.now(UTC), _nobody)
    try:
        say("  turns without a backup ...")
        calm = await turns(street, asyncio.sleep(CALM_S))
        say("  turns beside a backup ...")
        copied: asyncio.Task[Made] = asyncio.create_task(backups.make(target))
        beside = await turns(street, copied)
    finally:
        walking.cancel()
        await asyncio.wait([walking])
        backups.close()
    return {
        "rows": rows,
        "file_mb": round((folder / "journal.sqlite").stat().st_size / 1e6, 1),
        "backup_mb": round(copied.result().bytes / 1e6, 1),
        "backup_s": copied.result().seconds,
        "calm": _told(calm),
        "beside": _told(beside),
        "stall_ms": STALL_MS,
    }


def _told(took: list[float]) -> dict[str, float]:
    return {
        "turns": len(took),
        "p50_ms": ms(quantile(took, 0.5)),
        "p99_ms": ms(quantile(took, 0.99)),
        "most_ms": ms(max(took)),
    }


async def _nobody(_why: str) -> None:
    return None


def main() -> None:
    options = figures.options(__doc__)
    options.add_argument("--rows", type=int, default=ROWS, help="how many scans are on record")
    chosen = options.parse_args()
    logs.configure("warning")
    result = asyncio.run(bench(min(chosen.rows, QUICK_ROWS) if chosen.quick else chosen.rows))
    if chosen.json:
        figures.as_json(result)
        return
    figures.show(
        f"A backup of {result['file_mb']:,.0f} MB in {result['backup_s']} s: turns of the street, in ms",
        ("", "turns", "p50", "p99", "longest", "at most"),
        [(name, *result[name].values(), result["stall_ms"]) for name in ("calm", "beside")],
    )
    if result["beside"]["most_ms"] > max(STALL_MS, 2 * result["calm"]["most_ms"]):
        raise SystemExit("the street stood still beside the backup")


if __name__ == "__main__":
    main()
