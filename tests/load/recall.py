"""How long a server takes to stand again on a past of 1.5 million scans, and how much memory that past holds."""

import asyncio
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from subprocess import DEVNULL, Popen
from time import perf_counter
from typing import Any

import msgspec

from bridge.batch import Asked
from bridge.coordinator import BATCH_LIMIT, Coordinator
from bridge.journal import Journal
from bridge.journal.sql import open_journal
from bridge.rules import acts, events
from bridge.rules.model import Mode, Phase, Plan, PlannedPoint, PointType, Round, RoundName, Sitting, Unit
from bridge.rules.scene import Scene
from endpoints_registry import badges
from tests.load import figures
from tests.load.bodies import HANOI, Ids
from tests.load.figures import say
from tests.ports import lasting
from tests.rules.day import HandClock

CONFERENCE = "do-khoi-dong"
POINTS = 3_000
POINTS_OF_A_UNIT = 4
PEOPLE = 200_000
"""As many as one roster holds; they come again in every sitting."""
AGAIN = 50
"""Each so many-th scan shows a badge that was shown a moment before."""
NETWORK_MS = 40
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


def past(frozen: Plan, rows: int) -> Iterator[Asked]:
    """So many scans as the phones at the doors send them: everybody once in every sitting, and now and then once more."""
    die = random.Random(11)
    people = [badges.new_person(die.randrange) for _ in range(min(rows, PEOPLE))]
    shown = [badges.sign(bytes(badges.KEY_BYTES), CONFERENCE, person) for person in people]
    ids = Ids(seed=11, now=FIRST_DAY)
    sent: Counter[str] = Counter()
    for number in range(rows):
        place, person = divmod(number - number // AGAIN, PEOPLE)
        point = frozen.points[person % POINTS].code
        at_ms = frozen.sittings[place].starts_ms - 3_600_000 + person * 3_600_000 // PEOPLE
        sent[point] += 1
        act = acts.ScanAct(
            id=ids.next(),
            seq=sent[point],
            at=datetime.fromtimestamp(at_ms / 1000, HANOI),
            point=point,
            badge=shown[person],
        )
        yield Asked(
            act=act,
            by=f"point:{point}",
            staff=False,
            device=f"phone-{point}",
            at_ms=at_ms,
            received_ms=at_ms + NETWORK_MS,
            skew_ms=0,
            digest=acts.digest(act),
            person=people[person],
        )


async def lived(journal: Journal, rows: int) -> Scene:
    """Live the past: over the street, as it decides and records for every phone. The live state at its end."""
    frozen = plan(-(-rows // PEOPLE))
    clock = HandClock(frozen.sittings[0].starts_ms - 7_200_000)
    street = Coordinator(CONFERENCE, journal, clock, lambda _street, _placed, _points: None)
    await street.open()
    walking = asyncio.create_task(street.run())
    try:
        phases = [events.PhaseChanged(phase=phase, version=at) for at, phase in enumerate((Phase.OPEN, Phase.LIVE), 1)]
        happens: list[events.AnyEvent] = [events.ConferenceFrozen(plan=frozen), *phases]
        beginning = [(event, clock.now()) for event in happens]
        await street.command(lambda _draft: beginning, by="user:do-tai")
        scans = past(frozen, rows)
        said = 0
        while asked := list(islice(scans, BATCH_LIMIT)):
            clock.now_ms = asked[-1].received_ms
            for outcome in await street.ask(asked):
                if outcome.outcome != "accepted":
                    raise RuntimeError(f"a scan was refused: {outcome}")
            if (said := said + len(asked)) % 250_000 == 0:
                say(f"  {said:,} scans recorded")
    finally:
        walking.cancel()
        await asyncio.wait([walking])
    return street.scene


async def recalled_alike(journal: Journal, scene: Scene) -> bool:
    """Whether reading the past back gives what living it gave."""
    again = Coordinator(CONFERENCE, journal, HandClock(0), lambda _street, _placed, _points: None)
    await again.open()
    return (again.scene.position, again.scene.state, again.scene.rollup.tallies) == (
        scene.position,
        scene.state,
        scene.rollup.tallies,
    )


class Stood(msgspec.Struct):
    """How the server stood up again."""

    ready_s: float
    cpu_s: float
    resident_mb: float
    most_mb: float
    """The most that it ever held while it read."""


async def stood(folder: Path) -> Stood:
    """Start the server on the folder; how long until it says that it is ready, and how much memory it then holds."""
    port = lasting()
    began = perf_counter()
    with _server(folder, port) as server:
        async with asyncio.timeout(PATIENCE_S):
            while not await _ready(port):
                if server.poll() is not None:
                    raise RuntimeError(f"the server ended with status {server.returncode} before it was ready")
                await asyncio.sleep(0.02)
        ready_s = perf_counter() - began
        return Stood(
            round(ready_s, 2), _cpu_s(server.pid), _megabytes(server.pid, "VmRSS"), _megabytes(server.pid, "VmHWM")
        )


@contextmanager
def _server(folder: Path, port: int) -> Iterator[Popen[bytes]]:
    environment = {
        **os.environ,
        "BRIDGE_SERVER__PORT": str(port),
        "BRIDGE_STORAGE__FOLDER": str(folder),
        "BRIDGE_LOG__LEVEL": "error",
        # A server that starts again was compiled when it started first.
        "PYTHONPYCACHEPREFIX": str(folder.parent / "compiled"),
        "PYTHONDONTWRITEBYTECODE": "",
    }
    server = Popen([sys.executable, "-m", "bridge", "serve"], env=environment, stdin=DEVNULL, stdout=DEVNULL)
    try:
        yield server
    finally:
        server.terminate()
        try:
            server.wait(30)
        finally:
            server.kill()


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


def _cpu_s(process: int) -> float:
    """Seconds of processor, of us and of the system for us; the name before them may hold spaces."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return round(sum(map(int, after_name[11:13])) / os.sysconf("SC_CLK_TCK"), 2)


def _megabytes(process: int, name: str) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
    return round(kilobytes / 1024, 1)


async def bench(rows: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="bridge-recall-") as made:
        empty, folder = Path(made) / "empty", Path(made) / "full"
        folder.mkdir()
        say(f"recall: recording {rows:,} scans ...")
        began = perf_counter()
        journal = await open_journal(f"sqlite+aiosqlite:///{folder / 'journal.sqlite'}")
        try:
            scene = await lived(journal, rows)
            recorded_s = perf_counter() - began
            say("  reading them back beside what was lived ...")
            alike = await recalled_alike(journal, scene)
        finally:
            await journal.close()
        recorded = scene.position
        # Two pasts in our own memory would be in the way of the one that is measured.
        del scene
        say("  starting the server without a past ...")
        await stood(empty)
        bare = await stood(empty)
        say("  starting the server on them ...")
        found = await stood(folder)
        size_mb = (folder / "journal.sqlite").stat().st_size / 1e6
    return {
        "rows": rows,
        "recorded": recorded,
        "alike": alike,
        "points": POINTS,
        "file_mb": round(size_mb, 1),
        "recorded_s": round(recorded_s, 1),
        "bare_s": bare.ready_s,
        **msgspec.structs.asdict(found),
        "target_s": READY_S,
    }


def shown(result: Mapping[str, Any]) -> None:
    figures.show(
        f"A restart on {result['rows']:,} scans at {result['points']:,} points",
        ("journal", "recorded in s", "ready after s", "at most s", "without a past s", "CPU s", "memory MB", "most MB"),
        [
            (
                f"{result['file_mb']:,.0f} MB",
                *(
                    result[key]
                    for key in ("recorded_s", "ready_s", "target_s", "bare_s", "cpu_s", "resident_mb", "most_mb")
                ),
            )
        ],
    )
    if not result["alike"]:
        raise SystemExit("what was read back differs from what was lived")


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
