"""Scheduled things happen once, or are said to be missed: across kill, pause, restart and clocks that are set."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec

from bridge.clock import RealClock
from bridge.house import opened_house
from bridge.simulator.clock import DrivenClock
from tests.flows.house import (
    CONFERENCE,
    HALLS,
    MORNING_MS,
    PATH,
    PATIENCE_S,
    TV_HALL,
    Browser,
    Keys,
    Own,
    count,
    settings,
    visited,
)
from tests.flows.served import ROOT, configured, serving

MINUTE_MS = 60_000
SOON = "hop-gap"
"""A conference that is held by the world's clock, now."""
JOBS = 30
KILLS = 3


# --- on a clock that only the story moves


class SetClock(DrivenClock):
    """It can be set, as somebody sets the clock of a machine."""

    def set_to(self, ms: int) -> None:
        self._now_ms = ms


@asynccontextmanager
async def house(folder: Path, keys: Keys, now_ms: int = MORNING_MS) -> AsyncIterator[Own]:
    clock = SetClock(now_ms, None)
    async with opened_house(settings(folder), clock) as opened, visited(opened.address, keys) as there:
        clock.quiet = lambda: opened.at_rest() and opened.rooms.frames_received == there.frames_said
        yield Own(opened, clock, there, AsyncExitStack())


async def did(who: Browser, kind: str, path: str = PATH) -> list[str]:
    """The jobs of which the journal says this, in its order. Rounds open and close whether somebody is there or not."""
    jobs = [event["job"] for event in await told(who, path) if event["event"] == kind]
    return [job for job in jobs if not job.startswith(("open:", "close:"))]


async def told(who: Browser, path: str = PATH) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = 0
    while lines := (await who.get(f"{path}/events?after={after}&limit=2000")).body["events"]:
        found += [line["event"] for line in lines]
        after = lines[-1]["position"]
    return found


BY_A_QUARTER_PAST = ["remind:2026-03-07-am:opening:10", "flash:2026-03-07:08:05", "remind:2026-03-07-am:opening:0"]


async def test_a_morning_goes_by_its_calendar_and_asks_only_the_silent(ours: Own) -> None:
    silent = set(HALLS) - {TV_HALL}
    await ours.there.phone(TV_HALL).send(count(TV_HALL, 60))
    await ours.pass_time(6 * 60)
    await ours.there.phone("00004-01").send(count("00004-01", 60))
    await ours.pass_time(10 * 60)
    assert await did(ours.there.ann, "job-fired") == BY_A_QUARTER_PAST
    reminded = [set(event["points"]) for event in await told(ours.there.ann) if event["event"] == "reminders-sent"]
    assert reminded == [silent, silent - {"00004-01"}]
    closed = [event["job"] for event in await told(ours.there.ann) if event.get("job", "").startswith("close:")]
    assert closed == ["close:2026-03-07-am:opening"]


async def test_a_clock_that_is_set_forward_has_missed_what_lies_between_and_says_so(folder: Path, keys: Keys) -> None:
    async with house(folder, keys) as ours:
        await _set(ours, MORNING_MS + 30 * MINUTE_MS)
        assert await did(ours.there.ann, "job-missed") == BY_A_QUARTER_PAST
        assert await did(ours.there.ann, "job-fired") == []
        # And back again, through the same hour once more.
        await _set(ours, MORNING_MS)
        await ours.pass_time(40 * 60)
        assert await did(ours.there.ann, "job-missed") == BY_A_QUARTER_PAST
        assert await did(ours.there.ann, "job-fired") == []


async def test_a_clock_that_is_set_back_does_nothing_a_second_time(folder: Path, keys: Keys) -> None:
    async with house(folder, keys) as ours:
        await ours.pass_time(20 * 60)
        await _set(ours, MORNING_MS - 30 * MINUTE_MS)
        await ours.pass_time(50 * 60)
        assert await did(ours.there.ann, "job-fired") == BY_A_QUARTER_PAST
        assert await did(ours.there.ann, "job-missed") == []


async def _set(ours: Own, ms: int) -> None:
    assert isinstance(ours.clock, SetClock)
    ours.clock.set_to(ms)
    await ours.pass_time(2)


async def test_what_was_due_during_a_short_restart_is_done_late_and_during_a_long_one_is_missed(
    folder: Path, keys: Keys
) -> None:
    async with house(folder, keys) as ours:
        await ours.pass_time(4 * 60)
        assert await did(ours.there.ann, "job-fired") == []
    async with house(folder, keys, MORNING_MS + 7 * MINUTE_MS) as ours:
        await ours.pass_time(1)
        assert await did(ours.there.ann, "job-fired") == BY_A_QUARTER_PAST[:2]
    async with house(folder, keys, MORNING_MS + 25 * MINUTE_MS) as ours:
        await ours.pass_time(1)
        assert await did(ours.there.ann, "job-fired") == BY_A_QUARTER_PAST[:2]
        assert await did(ours.there.ann, "job-missed") == BY_A_QUARTER_PAST[2:]


async def test_a_missed_job_raises_an_alarm_that_leaves_the_house(folder: Path, keys: Keys) -> None:
    async with house(folder, keys) as ours:
        await _set(ours, MORNING_MS + 12 * MINUTE_MS)
        await ours.pass_time(2)
        letters = (await ours.there.ann.get(f"{PATH}/post")).body["letters"]
        assert [letter["kind"] for letter in letters] == ["job-missed", "job-missed"]
        assert letters[1]["title"] == "[Lịch] Lỡ việc: đôn đốc đợt đầu giờ trước hạn 10 phút"


async def test_a_closed_conference_has_nothing_due_but_its_report(ours: Own) -> None:
    for version, phase in enumerate(("closing", "closed"), 2):
        answer = await ours.there.ann.post(f"{PATH}/phase", {"phase": phase, "version": version})
        assert answer.status == 200, answer.body
    await ours.pass_time(20 * 60)
    assert await did(ours.there.ann, "job-fired") == ["report:closed", "report:grace"]
    assert await did(ours.there.ann, "job-missed") == []


# --- as a process, by the world's clock


def _soon(first_due: datetime, rounds: int, apart: timedelta) -> dict[str, Any]:
    """A conference with so many rounds, one due after the other."""
    sittings = []
    for place in range(0, rounds, 3):
        due = [first_due + (place + each) * apart for each in range(min(3, rounds - place))]
        sittings.append(
            {
                "day": (first_due + timedelta(days=1 + place)).date().isoformat(),
                "starts_at": "08:00",
                "ends_at": "11:30",
                "rounds": [
                    {"round": name, "opens_at": (at - timedelta(hours=1)).isoformat(), "due_at": at.isoformat()}
                    for name, at in zip(("opening", "middle", "closing"), due, strict=False)
                ],
            }
        )
    return {"id": SOON, "title": "Họp gấp", "unit": "01", "sittings": sittings, "points": {"codes": list(HALLS)}}


async def _begun(ann: Browser, conference: dict[str, Any]) -> None:
    answer = await ann.post("/api/v1/conferences", conference)
    assert answer.status in (200, 201), answer.body
    for version, phase in enumerate(("open", "live")):
        answer = await ann.post(f"/api/v1/conferences/{conference['id']}/phase", {"phase": phase, "version": version})
        assert answer.status == 200, answer.body


async def test_a_server_killed_again_and_again_while_it_fires_does_each_job_once(folder: Path, keys: Keys) -> None:
    # Whose clock stands: however long it takes, nothing is due in this one.
    async with house(folder, keys, RealClock().now()) as ours:
        due = datetime.fromtimestamp(ours.clock.now() / 1000, UTC) + timedelta(seconds=1)
        await _begun(ours.there.ann, _soon(due, JOBS, timedelta(milliseconds=50)))
    await RealClock().sleep_until(round(due.timestamp() * 1000) + JOBS * 50)
    config = configured(folder)
    for _ in range(KILLS):
        await _struck_after(config, 2)
    path = f"/api/v1/conferences/{SOON}"
    async with serving(config) as server, visited(server.address, keys) as there:
        async with asyncio.timeout(PATIENCE_S):
            while len(await did(there.ann, "job-fired", path)) < JOBS:
                pass
        events = await told(there.ann, path)
        fired = Counter(event["job"] for event in events if event["event"] == "job-fired")
        assert len([job for job in fired if job.startswith("remind:")]) == JOBS
        assert set(fired.values()) == {1}
        reminded = Counter((each["sitting"], each["round"]) for each in events if each["event"] == "reminders-sent")
        assert len(reminded) == JOBS
        assert set(reminded.values()) == {1}
        assert await did(there.ann, "job-missed", path) == []


async def _struck_after(config: Path, fired: int) -> None:
    """A server that is killed the moment it says that so many jobs are done: the next one is on its way by then."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bridge", "serve", "--config", str(config)),
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("BRIDGE_")},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(PATIENCE_S * 3):
            while fired:
                line = await process.stderr.readline()
                assert line, "the server ended by itself"
                said = msgspec.json.decode(line)
                fired -= said["event"] == "job-fired" and said["conference"] == SOON
    finally:
        process.kill()
        await process.wait()


async def test_a_server_that_stood_still_past_the_grace_says_once_what_it_missed(folder: Path, keys: Keys) -> None:
    config = configured(folder)
    with config.open("a") as file:
        file.write("[calendar]\ngrace_minutes = 0.02\n")
    path = f"/api/v1/conferences/{SOON}"
    async with serving(config) as server, visited(server.address, keys) as there:
        # It has to be stopped before that: ten times as far away as it takes on this machine to begin another.
        began_s = monotonic()
        await _begun(there.ann, {**_soon(datetime.now(UTC) + timedelta(days=1), 1, timedelta()), "id": "hop-sau"})
        due = datetime.now(UTC) + timedelta(seconds=1 + 10 * (monotonic() - began_s))
        await _begun(there.ann, _soon(due, 1, timedelta()))
        server.process.send_signal(signal.SIGSTOP)
        await RealClock().sleep_until(round(due.timestamp() * 1000) + 2_000)
        server.process.send_signal(signal.SIGCONT)
        (job,) = await _seen(lambda: did(there.ann, "job-missed", path))
        assert job.startswith("remind:")
        (letter,) = await _seen(lambda: _sent(there.ann, path))
        assert letter["kind"] == "job-missed"
        assert await did(there.ann, "job-missed", path) == [job]
        assert await did(there.ann, "job-fired", path) == []
        assert [event for event in await told(there.ann, path) if event["event"] == "reminders-sent"] == []
        alarms = [said for line in server.log if (said := msgspec.json.decode(line))["event"] == "job-missed"]
        assert [said["level"] for said in alarms if said.get("conference") == SOON and "job" in said] == ["warning"]


async def _seen(look: Callable[[], Any]) -> Any:
    async with asyncio.timeout(PATIENCE_S):
        while not (found := await look()):
            pass
    return found


async def _sent(ann: Browser, path: str) -> list[dict[str, Any]]:
    letters = (await ann.get(f"{path}/post")).body["letters"]
    return [each for each in letters if {way["state"] for way in each["deliveries"]} == {"sent"}]


async def test_the_conference_of_long_ago_is_not_mailed_about(folder: Path, keys: Keys) -> None:
    """What was due on a day long past is said to be missed, and nobody is woken by it."""
    async with opened_house(settings(folder)) as opened, visited(opened.address, keys) as there:
        missed = await _seen(lambda: did(there.ann, "job-missed"))
        assert BY_A_QUARTER_PAST[0] in missed
        assert (await there.ann.get(f"/api/v1/conferences/{CONFERENCE}/post")).body["letters"] == []
