"""The room's machine and the load as processes, against a whole server."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from tests.flows.house import CONFERENCE, HALL, HALLS, PASSWORD, Keys, Standing, visited
from tests.flows.served import ROOT, configured, serving


@asynccontextmanager
async def agent(there: Standing, token: str, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bridge", "agent", "--server", there.address, *words),
        cwd=ROOT,
        env={**os.environ, "BRIDGE_TOKEN": token},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_rooms_agent_keeps_its_line_and_leaves_with_a_goodbye(there: Standing, keys: Keys) -> None:
    screen = await there.screen()
    await screen.watch()
    async with agent(there, keys.tokens[HALL]) as process:
        await screen.shows(HALL, link="steady")
        assert keys.tokens[HALL] not in _shown_to_everybody(process.pid)
        process.send_signal(signal.SIGTERM)
        _, said = await process.communicate()
    assert process.returncode == 0
    events = [msgspec.json.decode(line) for line in said.splitlines()]
    assert [each["event"] for each in events] == ["dialling", "connected", "left"]
    assert events[1]["point"] == HALL
    await screen.shows(HALL, link="reconnecting")


def _shown_to_everybody(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_text()


async def test_an_agent_that_the_centre_does_not_know_ends_in_one_sentence(there: Standing, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("agent_of_somebody_else\n")
    async with agent(there, "", "--token-file", str(tmp_path / "token")) as process:
        _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().splitlines()[-1].startswith("bridge: Trung tâm từ chối (401)")


async def test_a_load_is_driven_at_any_server_and_summed_up(folder: Path, keys: Keys) -> None:
    async with serving(configured(folder)) as server:
        told = {
            "url": "http://127.0.0.1:1",
            "organiser": {"username": "ann", "password": PASSWORD},
            "conference": CONFERENCE,
            "points": [
                {"code": code, "link": server.address + keys.links[code], "token": keys.tokens[code]} for code in HALLS
            ],
        }
        words = (
            "--server",
            server.address,
            "--keys",
            "-",
            "--seconds",
            "3",
            "--rate",
            "20",
            "--screens",
            "2",
            "--json",
        )
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bridge", "simulate", *words),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate(msgspec.json.encode(told) + b"\n")
        assert process.returncode == 0, err.decode()
        summary = msgspec.json.decode(out)
        assert (summary["rooms"], summary["rooms_connected"], summary["screens"]) == (12, 12, 2)
        assert summary["acts_accepted"] > 0
        assert summary["acts_refused"] == summary["gaps"] == 0
        assert summary["answer"]["count"] >= summary["acts_accepted"]
        async with visited(server.address, keys) as there:
            kept = [event for event in await there.ann.events() if event["act"]]
            assert len(kept) >= summary["acts_accepted"]
