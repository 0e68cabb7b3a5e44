"""How fast 52,000 badges are scanned through 766 points' phones, beside a server that only parses and group-commits."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from tests.load import figures
from tests.load.bodies import HANOI, Ids, Operator, Prepared
from tests.load.figures import say
from tests.load.phones import Drive, drive
from tests.load.served import Served, serving, take_core

OURS = "ours"
GROUP = "bare_group"
SHARE = 0.4
"""The least part of the bare server's rate that is good enough."""
VARIANTS = (("this_disk", 0.0), ("commit_5_ms_slower", 0.005))
"""Real disks take 1-10 ms for what this machine's may do in 0.1."""
PATIENCE_S = 120


class Length(msgspec.Struct, frozen=True):
    """How much is scanned."""

    people: int
    points: int
    connections: tuple[int, ...]
    rounds: int
    """Each number of connections comes so often, so that a slow moment of the machine does not meet one of them alone."""
    variants: tuple[tuple[str, float], ...]


FULL = Length(people=52_000, points=766, connections=(16, 64, 256), rounds=3, variants=VARIANTS)
QUICK = Length(people=2_000, points=64, connections=(16, 64), rounds=1, variants=VARIANTS[:1])


class Total(msgspec.Struct):
    """All rounds of one server at one number of connections."""

    scans: int = 0
    elapsed_s: float = 0.0
    cpu_ms: float = 0.0
    answered_in_s: list[float] = []

    def add(self, driven: Drive, cpu_ms: float) -> None:
        self.scans += len(driven.acked)
        self.elapsed_s += driven.elapsed_s
        self.cpu_ms += cpu_ms
        self.answered_in_s += driven.answered_in_s

    def told(self) -> dict[str, float]:
        return {
            "scans_per_s": round(self.scans / max(self.elapsed_s, 1e-9), 1),
            "p50_ms": figures.ms(figures.quantile(self.answered_in_s, 0.5)),
            "p99_ms": figures.ms(figures.quantile(self.answered_in_s, 0.99)),
            "cpu_us_per_scan": round(self.cpu_ms * 1000 / max(self.scans, 1), 1),
        }


def scans(path: str, told: Mapping[str, Any]) -> list[list[Prepared]]:
    """Every phone's requests, one scan each, as bytes."""
    now = datetime.now(HANOI)
    ids = Ids(seed=5, now=now)
    at = now.isoformat(timespec="milliseconds")
    phones = []
    for operator in msgspec.convert(told["operators"], list[Operator]):
        head = "".join(f"{name}: {value}\r\n" for name, value in operator.headers.items())
        start = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{head}Content-Length: "
        prepared = []
        for seq, badge in enumerate(told["badges"][operator.point], start=1):
            act = {"id": ids.next(), "seq": seq, "at": at, "point": operator.point, "kind": "scan", "badge": badge}
            body = msgspec.json.encode({"device": f"phone-{operator.point}", "sent_at": at, "acts": [act]})
            prepared.append(Prepared(str(act["id"]), f"{start}{len(body)}\r\n\r\n".encode() + body))
        phones.append(prepared)
    return phones


def slices(phones: Sequence[Sequence[Prepared]], length: Length) -> Iterator[tuple[int, list[list[Prepared]]]]:
    """Number of connections, and what each of them sends: of every phone a part in every slice, no badge twice."""
    slots = length.rounds * len(length.connections)
    for slot in range(slots):
        connections = length.connections[slot % len(length.connections)]
        lists: list[list[Prepared]] = [[] for _ in range(connections)]
        # One phone after the other on each connection. From another slot on each, so that all are about equally long.
        for place, requests in enumerate(phones):
            lists[place % connections] += requests[(slot + place) % slots :: slots]
        yield connections, [requests for requests in lists if requests]


async def measured(length: Length, delay_s: float, folder: Path) -> dict[str, Any]:
    """Both servers in turn, slice by slice, with the same bytes; then who is in, by our own totals and in the file."""
    slow = ("--delay-s", str(delay_s))
    totals = {server: {connections: Total() for connections in length.connections} for server in (OURS, GROUP)}
    odd: list[str] = []
    async with AsyncExitStack() as standing:
        say("  starting the servers, and summoning the people ...")
        scale = ("--points", str(length.points), "--people", str(length.people))
        ours = await standing.enter_async_context(
            serving("tests.load.our_server", "--folder", str(folder / "ours"), *scale, *slow)
        )
        group = await standing.enter_async_context(
            serving("tests.load.bare_group", "--file", str(folder / "group.sqlite"), *slow)
        )
        conference = f"/api/v1/conferences/{ours.told['conference']}"
        phones = scans(f"{conference}/acts", ours.told)
        await _opened_pages(ours)
        for connections, lists in slices(phones, length):
            rates = []
            for name, server in ((OURS, ours), (GROUP, group)):
                before_ms = server.cpu_ms()
                driven = await drive(server.port, lists, PATIENCE_S)
                totals[name][connections].add(driven, server.cpu_ms() - before_ms)
                odd += driven.odd
                rates.append(f"{name} {len(driven.acked) / driven.elapsed_s:,.0f}")
            say(f"  {connections} connections: {', '.join(rates)} scans/s")
        shown = await _totals(ours, f"{conference}/totals")
    return {
        **{name: {str(number): total.told() for number, total in each.items()} for name, each in totals.items()},
        "share": {
            str(number): round(_rate(totals[OURS][number]) / _rate(totals[GROUP][number]), 3)
            for number in length.connections
        },
        "share_of_all": round(_rate_of_all(totals[OURS]) / _rate_of_all(totals[GROUP]), 3),
        "people": length.people,
        "acked": sum(total.scans for total in totals[OURS].values()),
        "shown_as_scanned": shown,
        **_kept(folder / "ours" / "journal.sqlite"),
        "other_answers": odd[:5],
    }


def _rate(total: Total) -> float:
    return max(1, total.scans) / max(total.elapsed_s, 1e-9)


def _rate_of_all(totals: Mapping[int, Total]) -> float:
    return sum(total.scans for total in totals.values()) / max(sum(total.elapsed_s for total in totals.values()), 1e-9)


async def _opened_pages(server: Served) -> None:
    """Every phone shows its page before it scans: its session is known to the server by then, as at a real door."""
    pages = []
    for operator in msgspec.convert(server.told["operators"], list[Operator]):
        head = "".join(f"{name}: {value}\r\n" for name, value in operator.headers.items())
        pages.append(Prepared("", f"GET /api/v1/desk HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n".encode()))
    opened = await drive(server.port, [pages], PATIENCE_S)
    if not all(answer.startswith("HTTP/1.1 200") for answer in opened.odd):
        raise RuntimeError(f"a phone's page does not open: {opened.odd}")


async def _totals(server: Served, path: str) -> int | None:
    """How many people the board says are in."""
    head = "".join(f"{name}: {value}\r\n" for name, value in server.told["board"].items())
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}Connection: close\r\n\r\n".encode())
    _, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    scanned: int | None = msgspec.json.decode(body)["scanned"]
    return scanned


def _kept(file: Path) -> dict[str, int]:
    """What the journal's own file says: who is in, how often, and what was refused."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as opened:
        (checked_in, people) = opened.execute(
            "SELECT count(*), count(DISTINCT json_extract(CAST(body AS TEXT), '$.person'))"
            " FROM journal WHERE kind = 'person-checked-in'"
        ).fetchone()
        (refused,) = opened.execute("SELECT count(*) FROM journal WHERE outcome = 'refused'").fetchone()
    return {"checked_in": checked_in, "people_checked_in": people, "refused": refused}


async def bench(length: Length) -> dict[str, Any]:
    result: dict[str, Any] = {"points": length.points, "target_share": SHARE, "synchronous": "FULL"}
    for variant, delay_s in length.variants:
        say(f"scans, {variant}:")
        with tempfile.TemporaryDirectory(prefix="bridge-scans-") as folder:
            result[variant] = await measured(length, delay_s, Path(folder))
    return result


def shown(result: Mapping[str, Any]) -> None:
    for variant, title in (
        ("this_disk", "scanned through the phones of"),
        ("commit_5_ms_slower", "the same with a commit that takes 5 ms longer, at"),
    ):
        part = result.get(variant)
        if part is None:
            continue
        figures.show(
            f"{part['people']:,} badges, {title} {result['points']} points, synchronous=FULL",
            ("connections", "ours scans/s", "p50 ms", "p99 ms", "CPU µs", "bare scans/s", "p50 ms", "p99 ms", "share"),
            [
                (
                    number,
                    *part[OURS][number].values(),
                    *(part[GROUP][number][key] for key in ("scans_per_s", "p50_ms", "p99_ms")),
                    f"{share:.0%}",
                )
                for number, share in part["share"].items()
            ],
        )
        print(
            f"All together {part['share_of_all']:.0%} of the bare server's rate (at least {result['target_share']:.0%}). "
            f"Acknowledged {part['acked']:,}; on the board {part['shown_as_scanned']:,}; in the journal "
            f"{part['people_checked_in']:,} people in {part['checked_in']:,} check-ins; refused {part['refused']}.\n"
        )


def main() -> None:
    chosen = figures.asked(__doc__)
    take_core()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(bench(QUICK if chosen.quick else FULL))
    if chosen.json:
        figures.as_json(result)
    else:
        shown(result)


if __name__ == "__main__":
    main()
