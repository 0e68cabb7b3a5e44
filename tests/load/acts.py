"""How many acts a second are on disk and answered: ours beside two bare servers, one act a request, 64 phones."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from tests.load import figures
from tests.load.bodies import HANOI, Ids, Operator, Prepared, requests
from tests.load.figures import say
from tests.load.phones import Drive, drive
from tests.load.served import Served, serving, take_core

PHONES = 64
VARIANTS = (("this_disk", 0.0), ("commit_5_ms_slower", 0.005))
"""Real disks take 1-10 ms for what this machine's may do in 0.1."""
MOST_PER_S = 40_000
"""No server here answers more: so many requests are prepared for each second."""

OURS = "ours"
GROUP = "bare_group"
SQLMODEL = "bare_sqlmodel"
ACTS_IN = {OURS: "SELECT act FROM journal WHERE act IS NOT NULL", GROUP: "SELECT id FROM acts"}
ACTS_IN[SQLMODEL] = ACTS_IN[GROUP]


class Length(msgspec.Struct, frozen=True):
    """How long is measured."""

    rounds: int
    seconds: float
    points: int
    variants: tuple[tuple[str, float], ...]
    most_per_s: int = MOST_PER_S


FULL = Length(rounds=3, seconds=3, points=800, variants=VARIANTS)
QUICK = Length(rounds=1, seconds=0.5, points=PHONES, variants=VARIANTS[:1], most_per_s=15_000)


class Round(msgspec.Struct):
    """One server in one round."""

    acts_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us_per_act: float


async def measured(length: Length, delay_s: float, folder: Path) -> dict[str, Any]:
    """All three servers in turn, round by round, with the same bytes; then whether every answered act is in the file."""
    files = {
        OURS: folder / "ours" / "journal.sqlite",
        GROUP: folder / "group.sqlite",
        SQLMODEL: folder / "sqlmodel.sqlite",
    }
    slow = ("--delay-s", str(delay_s))
    rounds: dict[str, list[Round]] = {name: [] for name in files}
    acked: dict[str, list[str]] = {name: [] for name in files}
    odd: dict[str, list[str]] = {name: [] for name in files}
    async with AsyncExitStack() as standing:
        say("  starting the servers ...")
        ours = await standing.enter_async_context(
            serving("tests.load.our_server", "--folder", str(folder / "ours"), "--points", str(length.points), *slow)
        )
        servers: dict[str, Served] = {OURS: ours}
        for name in (GROUP, SQLMODEL):
            servers[name] = await standing.enter_async_context(
                serving(f"tests.load.{name}", "--file", str(files[name]), *slow)
            )
        phones = msgspec.convert(ours.told["operators"], list[Operator])[:PHONES]
        ids = Ids(seed=7, now=datetime.now(HANOI))
        for turn in range(length.rounds + 1):
            warming = turn == 0
            seconds = min(1.0, length.seconds) if warming else length.seconds
            prepared = _prepared(ours.told, phones, ids, turn, int(length.most_per_s * seconds / len(phones)))
            for name, server in servers.items():
                driven, spent_ms = await _driven(server, prepared, seconds)
                acked[name] += driven.acked
                odd[name] += driven.odd
                if not warming:
                    rounds[name].append(_round(driven, spent_ms))
                    say(f"  round {turn}: {name}: {rounds[name][-1].acts_per_s:,.0f} acts/s")
    return {
        name: {
            **_medians(rounds[name]),
            "acked": len(acked[name]),
            "lost": len(set(acked[name]) - _kept(files[name], ACTS_IN[name])),
            "other_answers": odd[name],
        }
        for name in files
    }


def _prepared(
    told: Mapping[str, Any], phones: Sequence[Operator], ids: Ids, turn: int, count: int
) -> list[list[Prepared]]:
    path = f"/api/v1/conferences/{told['conference']}/acts"
    now = datetime.now(HANOI)
    return [requests(path, phone, told["sitting"], ids, now, turn * 1_000_000 + 1, count) for phone in phones]


async def _driven(server: Served, prepared: Sequence[Sequence[Prepared]], seconds: float) -> tuple[Drive, float]:
    before_ms = server.cpu_ms()
    driven = await drive(server.port, prepared, seconds)
    return driven, server.cpu_ms() - before_ms


def _round(driven: Drive, spent_ms: float) -> Round:
    acts = max(1, len(driven.acked))
    return Round(
        acts_per_s=len(driven.acked) / driven.elapsed_s,
        p50_ms=figures.quantile(driven.answered_in_s, 0.5) * 1000,
        p99_ms=figures.quantile(driven.answered_in_s, 0.99) * 1000,
        cpu_us_per_act=spent_ms * 1000 / acts,
    )


def _medians(rounds: Sequence[Round]) -> dict[str, float]:
    return {name: round(figures.median(getattr(each, name) for each in rounds), 2) for name in Round.__struct_fields__}


def _kept(file: Path, acts_in: str) -> set[str]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as opened:
        return {act for (act,) in opened.execute(acts_in)}


async def bench(length: Length) -> dict[str, Any]:
    result: dict[str, Any] = {"phones": PHONES, "synchronous": "FULL"}
    for variant, delay_s in length.variants:
        say(f"acts, {variant}:")
        with tempfile.TemporaryDirectory(prefix="bridge-acts-") as folder:
            servers = await measured(length, delay_s, Path(folder))
        rate = {name: max(1.0, figure["acts_per_s"]) for name, figure in servers.items()}
        result[variant] = {
            **servers,
            "times_sqlmodel": round(rate[OURS] / rate[SQLMODEL], 2),
            "share_of_group": round(rate[OURS] / rate[GROUP], 3),
        }
    return result


def shown(result: Mapping[str, Any]) -> None:
    named = {
        OURS: "ours",
        GROUP: "bare aiohttp, parses and group-commits",
        SQLMODEL: "bare aiohttp, commits each through SQLModel",
    }
    for variant, title in (
        ("this_disk", "Acknowledged acts over HTTP, 64 connections, synchronous=FULL"),
        ("commit_5_ms_slower", "The same with a commit that takes 5 ms longer"),
    ):
        part = result.get(variant)
        if part is None:
            continue
        figures.show(
            title,
            ("server", "acts/s", "p50 ms", "p99 ms", "CPU µs/act", "acked", "lost"),
            [
                (label, *(part[name][key] for key in (*Round.__struct_fields__, "acked", "lost")))
                for name, label in named.items()
            ],
        )
        print(f"ours: {part['times_sqlmodel']} x SQLModel, {part['share_of_group']} of the group commit\n")


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
