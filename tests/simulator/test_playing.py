"""A whole story over real sockets and HTTP, against a small centre."""

import asyncio
import random
from collections import Counter
from dataclasses import replace

import aiohttp
import pytest

from bridge.rules.model import Stage, Word
from bridge.simulator.acts import Pad, uuid7
from bridge.simulator.clock import DrivenClock
from bridge.simulator.deeds import CheckUnit, Fate, Hand, Perceive, Sign, StageTap, Story
from bridge.simulator.driving import doors
from bridge.simulator.phones import Answers, Link, Phone, link_of
from bridge.simulator.playing import Keys, Login, Played, Player
from bridge.simulator.screens import Waited
from bridge.simulator.story import told
from bridge.simulator.traffic import Latencies, Traffic
from endpoints_registry.samples.growing import grown
from tests.simulator.centre import Centre, centre

GOOD = Perceive(Word.GOOD, Word.GOOD, Word.GOOD)


async def played(story: Story, replaced: str = "", *, visited: bool = False) -> tuple[Played, Centre]:
    """`replaced`: the hall whose link is no longer the one that its phone knows."""
    traffic = Traffic()
    clock = DrivenClock(story.starts_ms, None, stuck_after_s=20)
    async with centre(clock) as there, asyncio.TaskGroup() as jobs:
        there.heartbeat_s = 120  # the day's acts matter here, not its hundred thousand beats
        clock.quiet = lambda: traffic.settled(there.frames_received, there.rooms_greeted)
        codes = [point.code for point in story.plan.points]
        keys = Keys(
            {hand: Login("ban-to-chuc", "mat-khau") for hand in Hand if hand is not Hand.PHONE},
            {code: f"{there.url}/p/h-{code}#{'old' if code == replaced else 'right'}" for code in codes},
            {code: code for code in codes},
        )
        driving = jobs.create_task(clock.run())
        outcome = await Player(story, there.url, keys, clock, traffic, visited=visited).run()
        driving.cancel()
    return outcome, there


@pytest.fixture(scope="module")
def day() -> tuple[Story, Played, Centre]:
    story = told(grown("hanoi-2023", 60))
    return story, *asyncio.run(played(story))


def test_every_deed_is_done_and_every_act_arrives_once(day: tuple[Story, Played, Centre]) -> None:
    story, outcome, there = day
    meant = Counter(
        deed.point
        for deed in story.deeds
        if type(deed.what).__name__
        in {"StageTap", "Perceive", "CountHeads", "Correct", "SwitchMode", "TellFault", "Submit"}
    )
    assert outcome.deeds == len(story.deeds)
    assert Counter(act["point"] for _, act in there.acts) == meant
    assert len({act["id"] for _, act in there.acts}) == len(there.acts)
    assert outcome.answers.refused == []
    assert outcome.sent_away == {}


def test_a_link_that_a_visitor_replaced_ends_no_day() -> None:
    story = told(grown("hanoi-2023", 4))
    few = replace(story, deeds=tuple([each for each in story.deeds if isinstance(each.what, StageTap)][:8]))
    touched = {deed.point for deed in few.deeds}
    alone = min(touched)
    outcome, there = asyncio.run(played(few, alone, visited=True))
    assert outcome.deeds == len(few.deeds)
    assert {act["point"] for _, act in there.acts} == touched - {alone}


def test_the_phone_that_was_offline_re_sends_what_had_no_answer(day: tuple[Story, Played, Centre]) -> None:
    story, outcome, there = day
    lost = [deed for deed in story.deeds if deed.fate is Fate.UNANSWERED]
    assert len(there.duplicates) == len(lost) == outcome.answers.duplicates


def test_acts_arrive_in_the_moment_of_their_deed(day: tuple[Story, Played, Centre]) -> None:
    story, _, there = day
    stages = sorted((deed.at_ms, deed.point) for deed in story.deeds if isinstance(deed.what, StageTap))
    assert sorted((at, act["point"]) for at, act in there.acts if act["kind"] == "stage") == stages


def test_corrections_name_the_act_they_correct(day: tuple[Story, Played, Centre]) -> None:
    _, _, there = day
    counts = {act["id"]: act for _, act in there.acts if act["kind"] == "count"}
    for _, act in there.acts:
        if act["kind"] == "correct":
            assert counts[act["act"]]["round"] == "closing"
            assert counts[act["act"]]["point"] == act["point"]


def test_the_conference_goes_through_its_phases(day: tuple[Story, Played, Centre]) -> None:
    assert day[2].phases == ["draft", "open", "live", "closing", "closed"]


def test_every_district_is_checked_once_and_every_correction_approved(day: tuple[Story, Played, Centre]) -> None:
    story, _, there = day
    assert there.checked == [deed.what.unit for deed in story.deeds if isinstance(deed.what, CheckUnit)]
    assert len(set(there.checked)) == len(there.checked) > 0
    asked = [act for _, act in there.acts if act["kind"] == "correct"]
    assert sorted(there.approved) == list(range(1, len(asked) + 1))


def test_every_version_is_signed_in_its_minute(day: tuple[Story, Played, Centre]) -> None:
    story, _, there = day
    due = [(deed.what.version, deed.at_ms) for deed in story.deeds if isinstance(deed.what, Sign)]
    assert [version for version, _ in due] == [version for version, _ in there.signed] != []
    assert all(0 <= signed - at < 60_000 for (_, at), (_, signed) in zip(due, there.signed, strict=True))


def test_what_is_said_beside_the_halls_is_said_as_often_as_the_story_has_it(
    day: tuple[Story, Played, Centre],
) -> None:
    story, _, there = day
    meant = Counter(type(deed.what).__name__ for deed in story.deeds)
    said = Counter("explained" if door.isdigit() else door for door, _ in there.beside)
    assert said == +Counter(
        explained=meant["Explain"],
        draws=1,
        checks=meant["SpotCheck"],
        settlements=meant["Settle"],
        photos=meant["Photograph"],
    )
    assert all(body.startswith(b"\xff\xd8") for door, body in there.beside if door == "photos")


def test_all_rooms_are_gone_in_the_end(day: tuple[Story, Played, Centre]) -> None:
    assert day[2].rooms_greeted == 0


async def test_a_phone_asks_again_with_the_same_id_until_it_is_answered() -> None:
    traffic, answers = Traffic(), Answers()
    clock = DrivenClock(1_772_859_600_000, None)
    async with centre(clock) as there, asyncio.TaskGroup() as jobs, session() as http:
        clock.quiet = lambda: traffic.settled(there.frames_received, there.rooms_greeted)
        driving = jobs.create_task(clock.run())
        chance = random.Random(1)
        phone = Phone(http, there.url, Link("h", "right"), "00004-01", "c", clock, chance, traffic, answers)
        pad = Pad(chance)
        phone.outbox.waiting += [pad.act(StageTap(Stage.ON_SITE), "00004-01", clock.now(), "s", {})]
        there.busy = 3
        began = clock.now()
        await phone.deliver()
        assert clock.now() >= began + 3_000
        assert (answers.unknown, answers.accepted, len(there.acts)) == (3, 1, 1)
        driving.cancel()


async def test_a_phone_whose_session_ended_opens_another() -> None:
    traffic, answers = Traffic(), Answers()
    clock = DrivenClock(1_772_859_600_000, None)
    async with centre(clock) as there, session() as http:
        chance = random.Random(1)
        phone = Phone(http, there.url, Link("h", "right"), "00004-01", "c", clock, chance, traffic, answers)
        phone._asker.cookies = {"session": "old"}
        phone.outbox.waiting += [Pad(chance).act(GOOD, "00004-01", clock.now(), "s", {})]
        await phone.deliver()
        assert len(there.acts) == 1


def session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())


def test_ids_are_version_7_and_ordered_by_time() -> None:
    chance = random.Random(1)
    ids = [uuid7(1_772_859_600_000 + step, chance) for step in range(100)]
    assert ids == sorted(ids)
    assert all(each[14] == "7" and each[19] in "89ab" and len(each) == 36 for each in ids)


def test_an_operators_address_is_taken_apart() -> None:
    assert link_of("https://cau.example.vn/p/abc#s3cret") == Link("abc", "s3cret")
    with pytest.raises(ValueError, match="không đúng"):
        link_of("https://cau.example.vn/p/abc")


def test_the_demos_first_line_opens_its_doors() -> None:
    line = (
        '{"url":"http://127.0.0.1:1","organiser":{"username":"a","password":"b"},"conference":"c",'
        '"points":[{"code":"1-01","link":"http://127.0.0.1:1/p/h#s","token":"t"}],"wall":null}'
    )
    assert doors(line).points[0].token == "t"
    with pytest.raises(ValueError, match="--json-all"):
        doors("{}")


def test_latencies_are_told_to_five_percent() -> None:
    latencies = Latencies()
    for ms in range(1, 1001):
        latencies.add(ms)
    assert 475 <= latencies.quantile(0.5) <= 526
    assert 940 <= latencies.quantile(0.99) <= 1000
    assert latencies.summary()["max_ms"] == 1000


def test_a_change_is_measured_once_and_a_snapshot_measures_nothing() -> None:
    waited, latencies = Waited(), Latencies()
    waited.expect("a")
    waited.seen("a", latencies)
    waited.seen("a", latencies)
    waited.expect("b")
    waited.forget()
    waited.seen("b", latencies)
    assert latencies.total == 1
