"""How long a server takes to stand again on a past of 1.5 million scans, and how much memory that past holds."""

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from subprocess import DEVNULL, Popen
from time import perf_counter
from typing import Any

import msgspec

from bridge.journal import Record
from bridge.journal.sql import open_journal
from bridge.rules import events
from bridge.rules.model import Mode, Phase, Plan, PlannedPoint, PointType, Round, RoundName, Sitting, Unit
from tests.load import figures
from tests.load.bodies import HANOI, Ids
from tests.load.figures import say

CONFERENCE = "do-khoi-dong"
TURN = 5_000
POINTS = 3_000
POINTS_OF_A_UNIT = 4
PEOPLE = 200_000
"""As many as one roster holds; they come again in every sitting."""
QUICK_ROWS = 20_000
READY_S = 30
"""What a restart may take."""
PATIENCE_S = 300
FIRST_DAY = datetime(2026, 3, 2, 8, tzinfo=HANOI)
SITTING_MS = 3 * 3_600_000


def plan(sittings: int) -> Plan:
    """A country's conference: so many halls, four to a commune, and a sitting each morning."""
    units = [Unit("01", "Thành phố Hà Nội", "city", None)]
    units += [Unit(f"{number:05d}", f"Xã {number}", "commune", "01") for number in range(POINTS // POINTS_OF_A_UNIT)]
    points = []
    for number in range(POINTS):
        unit = units[1 + number // POINTS_OF_A_UNIT]
        hall = 1 + number % POINTS_OF_A_UNIT
        points.append(
            PlannedPoint(
                code=f"{unit.code}-{hall:02d}",
                name=f"{unit.name} - Hội trường {hall}",
                unit=unit.code,
                type=PointType.COMMUNE if hall == 1 else PointType.EXTRA_HALL,
                mode=Mode.STREAM,
                seats=80,
            )
        )
    days = [FIRST_DAY + timedelta(days=number) for number in range(sittings)]
    return Plan(
        conference=CONFERENCE,
        title="Hội nghị đo khởi động",
        units=tuple(units),
        points=tuple(points),
        sittings=tuple(_sitting(day) for day in days),
        names=True,
    )


def _sitting(day: datetime) -> Sitting:
    starts_ms = int(day.timestamp() * 1000)
    return Sitting(
        id=f"{day.date().isoformat()}-am",
        name="Buổi sáng",
        starts_ms=starts_ms,
        ends_ms=starts_ms + SITTING_MS,
        rounds=(Round(RoundName.OPENING, starts_ms - 3_600_000, starts_ms + 1_200_000),),
    )


def past(rows: int) -> Iterator[Record]:
    """Everything that happened: frozen, opened, and then every person scanned once in every sitting."""
    sittings = -(-rows // PEOPLE)
    frozen = plan(sittings)
    begun_ms = frozen.sittings[0].starts_ms - 7_200_000
    yield _record(events.ConferenceFrozen(plan=frozen), begun_ms, "user:do-tai")
    for version, phase in enumerate((Phase.OPEN, Phase.LIVE), start=1):
        yield _record(events.PhaseChanged(phase=phase, version=version), begun_ms, "user:do-tai")
    ids = Ids(seed=11, now=FIRST_DAY)
    digest = bytes(32)
    for number in range(rows):
        place, person = divmod(number, PEOPLE)
        sitting = frozen.sittings[place]
        point = frozen.points[person % POINTS].code
        at_ms = sitting.starts_ms - 3_600_000 + person * 3_600_000 // PEOPLE
        event = events.PersonCheckedIn(point=point, sitting=sitting.id, person=f"{person:010X}")
        scan = _record(event, at_ms, f"point:{point}", point)
        yield msgspec.structs.replace(
            scan,
            act=ids.next(),
            device=f"phone-{point}",
            seq=1 + number // POINTS,
            digest=digest,
            outcome="accepted",
        )


def _record(event: events.AnyEvent, at_ms: int, by: str, point: str | None = None) -> Record:
    return Record(
        at_ms=at_ms,
        received_ms=at_ms,
        by=by,
        kind=events.tag(event),
        point=point,
        body=events.encode(event),
    )


async def fill(folder: Path, rows: int) -> None:
    """Write the past where a server that is told of this folder looks for it."""
    journal = await open_journal(f"sqlite+aiosqlite:///{folder / 'journal.sqlite'}")
    try:
        position = 0
        happened = past(rows)
        while records := list(islice(happened, TURN)):
            async with journal.turn(CONFERENCE, position) as turn:
                position = (await turn.append(records, last=True))[-1].position
            if position // TURN % 50 == 0:
                say(f"  {position:,} rows recorded")
    finally:
        await journal.close()


class Stood(msgspec.Struct):
    """How the server stood up again."""

    ready_s: float
    resident_mb: float
    most_mb: float
    """The most that it ever held while it read."""


async def stood(folder: Path) -> Stood:
    """Start the server on the folder; how long until it says that it is ready, and how much memory it then holds."""
    port = _free_port()
    began = perf_counter()
    with _server(folder, port) as server:
        async with asyncio.timeout(PATIENCE_S):
            while not await _ready(port):
                if server.poll() is not None:
                    raise RuntimeError(f"the server ended with status {server.returncode} before it was ready")
                await asyncio.sleep(0.02)
        ready_s = perf_counter() - began
        return Stood(round(ready_s, 2), _megabytes(server.pid, "VmRSS"), _megabytes(server.pid, "VmHWM"))


@contextmanager
def _server(folder: Path, port: int) -> Iterator[Popen[bytes]]:
    environment = {
        **os.environ,
        "BRIDGE_SERVER__PORT": str(port),
        "BRIDGE_STORAGE__FOLDER": str(folder),
        "BRIDGE_LOG__LEVEL": "error",
    }
    server = Popen([sys.executable, "-m", "bridge", "serve"], env=environment, stdin=DEVNULL, stdout=DEVNULL)
    try:
        yield server
    finally:
        server.terminate()
        server.wait(30)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def _ready(port: int) -> bool:
    """Whether /readyz answers 200. The door stands before the house does: who knocks early waits for the answer."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    try:
        writer.write(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        return (await reader.readline()).split(b" ")[1:2] == [b"200"]
    except ConnectionResetError:
        return False
    finally:
        writer.close()


def _megabytes(process: int, name: str) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
    return round(kilobytes / 1024, 1)


async def bench(rows: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="bridge-recall-") as made:
        folder = Path(made)
        say(f"recall: recording {rows:,} scans ...")
        began = perf_counter()
        await fill(folder, rows)
        filled_s = perf_counter() - began
        say("  starting the server on them ...")
        found = await stood(folder)
        size_mb = (folder / "journal.sqlite").stat().st_size / 1e6
    return {
        "rows": rows,
        "points": POINTS,
        "file_mb": round(size_mb, 1),
        "filled_s": round(filled_s, 1),
        **msgspec.structs.asdict(found),
        "target_s": READY_S,
    }


def shown(result: Mapping[str, Any]) -> None:
    figures.show(
        f"A restart on {result['rows']:,} scans at {result['points']:,} points",
        ("journal", "ready after s", "at most s", "memory MB", "most MB"),
        [
            (
                f"{result['file_mb']:,.0f} MB",
                *(result[key] for key in ("ready_s", "target_s", "resident_mb", "most_mb")),
            )
        ],
    )


def main() -> None:
    options = figures.options(__doc__)
    options.add_argument("--rows", type=int, default=1_500_000, help="how many scans are on record")
    chosen = options.parse_args()
    result = asyncio.run(bench(min(chosen.rows, QUICK_ROWS) if chosen.quick else chosen.rows))
    if chosen.json:
        figures.as_json(result)
    else:
        shown(result)


if __name__ == "__main__":
    main()
