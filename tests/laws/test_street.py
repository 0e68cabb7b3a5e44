"""The same act twice has one effect and the first answer: through the real street, on a disk that fails as it likes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import coordinator
from bridge.coordinator import INBOX_LIMIT, Overloaded, Unavailable
from bridge.journal import Identity, JournalAway, JournalBusy, JournalFull, Row
from bridge.journal.chain import genesis, verify
from bridge.journal.memory import MemoryJournal, MemoryTurn
from bridge.records import happened_in
from bridge.rules import acts, events, wire
from bridge.rules.acts import AnyAct
from bridge.rules.model import Phase, RoundName
from bridge.rules.scene import Scene
from tests.cast import ANN, BINH, CONFERENCE, HALL_1, MORNING, SECOND, count, fault, phone
from tests.laws.days import PLAN, acts_said
from tests.rules.day import Day, asked, live, running

FATES = ("fine", "fine", "fine", "busy", "full before", "away after")


class Fickle(MemoryJournal):
    """Fails before a commit, or stands and says that it does not know: as disks and servers do."""

    def __init__(self) -> None:
        super().__init__()
        self.fates: list[str] = []

    @contextlib.asynccontextmanager
    async def turn(self, conference: str, since: int, asked: Collection[Identity] = ()) -> AsyncIterator[MemoryTurn]:
        fate = self.fates.pop() if self.fates else "fine"
        if fate == "busy":
            raise JournalBusy("another node has the turn")
        async with super().turn(conference, since, asked) as turn:
            yield turn
            if fate == "full before":
                raise JournalFull("no space left")
        if fate == "away after":
            raise JournalAway("connection reset")


async def insist(day: Day, act: AnyAct, by: str, rest: int) -> wire.Outcome:
    """As a phone does: the same act under the same id, until somebody answers."""
    for _ in range(rest):
        await asyncio.sleep(0)
    while True:
        try:
            (outcome,) = await day.coordinator.ask([asked(act, by, day.clock.now())])
        except (Unavailable, Overloaded):
            day.clock.now_ms += SECOND
            continue
        return outcome


def content(outcome: wire.Outcome) -> wire.Outcome:
    return msgspec.structs.replace(outcome, duplicate=False)


def rows_of(journal: MemoryJournal) -> list[Row]:
    return journal.shelf.rows[CONFERENCE]


def replayed(rows: Sequence[Row]) -> Scene:
    scene = Scene()
    for row in rows:
        scene.adopt(row.position, happened_in(row.record))
    return scene


class Stuck(MemoryJournal):
    """A disk that answers nobody until it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.free = asyncio.Event()
        self.free.set()

    @contextlib.asynccontextmanager
    async def turn(self, conference: str, since: int, asked: Collection[Identity] = ()) -> AsyncIterator[MemoryTurn]:
        await self.free.wait()
        async with super().turn(conference, since, asked) as turn:
            yield turn


schedules = st.lists(
    st.tuples(st.integers(0, 19), st.sampled_from((ANN, BINH, "")), st.integers(0, 12)), min_size=1, max_size=60
)


@given(given_acts=acts_said(20), schedule=schedules, fates=st.lists(st.sampled_from(FATES), max_size=20))
async def test_every_act_has_one_effect_and_one_answer(
    given_acts: list[AnyAct], schedule: list[tuple[int, str, int]], fates: list[str]
) -> None:
    journal = Fickle()
    async with live(PLAN.points, journal) as day:
        journal.fates = list(fates)
        sent = [(given_acts[number % len(given_acts)], by, rest) for number, by, rest in schedule]
        whole = [(act, by or phone(act.point), rest) for act, by, rest in sent]
        outcomes = await asyncio.gather(*(insist(day, act, by, rest) for act, by, rest in whole))
        # Once more, after everything: the answers are still the first ones.
        journal.fates = []
        again = [await insist(day, act, by, 0) for act, by, _ in whole]

        rows = rows_of(journal)
        asked_for = {(by, act.id) for act, by, _ in whole}
        kept = [(row.record.by, row.record.act) for row in rows if row.record.act is not None]
        assert sorted(kept) == sorted(asked_for)
        for (act, by, _), outcome, second in zip(whole, outcomes, again, strict=True):
            row = next(row for row in rows if (row.record.by, row.record.act) == (by, act.id))
            assert outcome.id == second.id == act.id
            assert outcome.position == row.position
            assert content(outcome) == content(second)
            assert second.duplicate
        for key in asked_for:
            answers = [outcome for (act, by, _), outcome in zip(whole, outcomes, strict=True) if (by, act.id) == key]
            # Nobody is told twice that he was the first; nobody at all, if the first answer was lost on the way.
            assert sum(not answer.duplicate for answer in answers) <= 1

        # Memory shows what the disk holds, and the screens were told all of it, once and in order.
        assert day.coordinator.scene.state == replayed(rows).state
        assert day.coordinator.scene.rollup.tallies == replayed(rows).rollup.tallies
        assert [position for position, _ in day.told] == [row.position for row in rows[3:]]
        assert verify(rows, genesis(CONFERENCE)) is None


@given(given_acts=acts_said(12), cut=st.integers(0, 12))
async def test_a_process_that_dies_and_comes_back_knows_every_answer(given_acts: list[AnyAct], cut: int) -> None:
    journal = MemoryJournal()
    async with live(PLAN.points, journal) as day:
        first = [await insist(day, act, ANN, 0) for act in given_acts[:cut]]
        before = day.coordinator.scene.state
    async with running(journal, MORNING + SECOND) as day:
        assert day.coordinator.scene.state == before
        second = [await insist(day, act, ANN, 0) for act in given_acts]
        assert [content(each) for each in second[:cut]] == first
        assert [each.duplicate for each in second] == [number < cut for number in range(len(given_acts))]


async def test_five_re_sends_get_the_first_answer() -> None:
    async with live() as day:
        act = count(HALL_1, 640)
        (first,) = await day.asks(act)
        assert (first.outcome, first.code, first.duplicate) == ("accepted", "quarantined", False)
        await day.asks(count(HALL_1, 60, 3, 1))
        for _ in range(5):
            day.clock.now_ms += SECOND
            (again,) = await day.asks(act)
            assert again == msgspec.structs.replace(first, duplicate=True)
        assert day.point(HALL_1).figures[(PLAN.sittings[0].id, RoundName.OPENING)].count.present == 60


async def test_the_same_act_twice_in_one_batch_has_one_effect() -> None:
    async with live() as day:
        act = count(HALL_1, 60, 3, 1)
        first, second = await day.asks(act, act)
        assert (first.duplicate, second.duplicate) == (False, True)
        assert content(first) == content(second)
        assert len(day.told) == 1


async def test_the_same_id_with_other_content_is_refused_in_the_same_batch_and_later() -> None:
    async with live() as day:
        act = count(HALL_1, 60, 3, 1)
        other = msgspec.structs.replace(act, present=61)
        first, refused = await day.asks(act, other)
        (later,) = await day.asks(other)
        assert first.outcome == "accepted"
        assert (refused.outcome, refused.code) == (later.outcome, later.code) == ("refused", "id_reuse")
        assert len(day.told) == 1


async def test_the_same_id_of_another_credential_is_another_act() -> None:
    async with live() as day:
        act = count(HALL_1, 60, 3, 1)
        (own,) = await day.asks(act)
        (proxys,) = await day.asks(act, by=BINH)
        assert (own.duplicate, proxys.duplicate) == (False, False)
        assert own.position != proxys.position


async def test_a_refusal_of_the_state_is_kept_and_answered_again() -> None:
    async with live() as day:
        act = count("99999-01", 60)
        (first,) = await day.asks(act)
        (again,) = await day.asks(act)
        assert (first.outcome, first.code) == ("refused", "unknown_point")
        assert again == msgspec.structs.replace(first, duplicate=True)
        assert [events.tag(each.event) for _, each in day.told] == ["act-refused"]


async def test_what_waits_goes_into_one_commit() -> None:
    async with live() as day:
        outcomes = await asyncio.gather(
            *(day.coordinator.ask([asked(count(HALL_1, heads), phone(HALL_1), MORNING)]) for heads in range(101))
        )
        assert all(outcome.outcome == "accepted" for (outcome,) in outcomes)
        assert len(day.touched) == 1


async def test_a_full_inbox_says_so_at_once_and_forgets_nobody() -> None:
    async with live() as day:
        waiting = [asked(count(HALL_1, 60), phone(HALL_1), MORNING) for _ in range(INBOX_LIMIT)]
        first = asyncio.create_task(day.coordinator.ask(waiting))
        await asyncio.sleep(0)
        refused = False
        try:
            await day.coordinator.ask(waiting[:1])
        except Overloaded:
            refused = True
        assert refused
        assert len(await first) == INBOX_LIMIT
        assert (await day.asks(count(HALL_1, 60)))[0].outcome == "accepted"


async def test_whoever_goes_away_takes_only_his_waiting_with_him() -> None:
    async with live() as day:
        act = count(HALL_1, 60, 3, 1)
        gone = asyncio.create_task(day.asks(act))
        await asyncio.sleep(0)
        gone.cancel()
        await day.settled()
        (again,) = await day.asks(act)
        assert (again.outcome, again.duplicate) == ("accepted", True)


async def test_nobody_waits_for_a_disk_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coordinator, "ANSWER_PATIENCE_S", 0.01)
    journal = Stuck()
    async with live(journal=journal) as day:
        carried, waiting = count(HALL_1, 60, 3, 1), count(HALL_1, 61, 3, 0)
        journal.free.clear()
        for act in (carried, waiting):
            with pytest.raises(Unavailable, match="too slow"):
                await day.asks(act)
        journal.free.set()
        await day.settled()
        again = await day.asks(carried, waiting)
        assert [(each.outcome, each.duplicate) for each in again] == [("accepted", True), ("accepted", True)]


async def test_two_who_change_the_phase_at_once_do_not_both_succeed() -> None:
    async with live() as day:
        ended = await asyncio.gather(
            day.turns(Phase.CLOSING, version=2), day.turns(Phase.CLOSING, version=2, by=BINH), return_exceptions=True
        )
        assert sum(isinstance(each, int) for each in ended) == 1
        assert sum(getattr(each, "code", "") == "version" for each in ended) == 1


async def test_a_commit_that_stood_though_it_was_said_to_have_failed_reaches_the_screens() -> None:
    journal = Fickle()
    async with live(journal=journal) as day:
        act = count(HALL_1, 60, 3, 1)
        journal.fates = ["away after"]
        outcome = await insist(day, act, phone(HALL_1), 0)
        assert (outcome.outcome, outcome.duplicate) == ("accepted", True)
        assert [events.tag(each.event) for _, each in day.told] == ["figure-reported"]
        assert day.touched == [{HALL_1.code}]


async def test_the_newest_number_of_a_device_is_known_again_after_a_restart() -> None:
    journal = MemoryJournal()
    async with live(journal=journal) as day:
        await day.asks(count(HALL_1, 60, number=7), count(HALL_1, 61, number=8))
        assert day.coordinator.acked_seq(phone(HALL_1), "phone") == 8
    async with running(journal, MORNING) as day:
        assert day.coordinator.acked_seq(phone(HALL_1), "phone") == 8
        assert day.coordinator.acked_seq(phone(HALL_1), "another") == 0


def test_a_digest_is_of_the_content_and_not_of_its_spelling() -> None:
    act = count(HALL_1, 60, 3, 1)
    loose = acts.decode(b" " + msgspec.json.format(msgspec.json.encode(act), indent=2))
    assert acts.digest(loose) == acts.digest(act)


def noted(note: str, number: int = 1) -> AnyAct:
    return msgspec.structs.replace(fault(HALL_1, number=number), note=note)


async def test_words_are_compared_where_they_are_kept_and_proved_nowhere_after_they_are_erased() -> None:
    journal = MemoryJournal()
    act, other = noted("ông Sáu ngất"), noted("bà Bảy ngất")
    async with live(journal=journal) as day:
        first, at_once, swapped = await day.asks(act, act, other)
        assert (first.outcome, at_once.duplicate, swapped.code) == ("accepted", True, "id_reuse")
        again, swapped = await day.asks(act, other)
        assert (again.duplicate, swapped.code) == (True, "id_reuse")
        silent, said = await day.asks(noted("", 2), noted("x", 2))
        assert (silent.outcome, said.code) == ("accepted", "id_reuse")
        await journal.erase(CONFERENCE, {"ông Sáu ngất"})
        # A phone that never heard the answer still gets it; what was written is nobody's to check any more.
        (late,) = await day.asks(act)
        assert (late.duplicate, late.position) == (True, first.position)
    (row,) = [each for each in rows_of(journal) if each.record.act == act.id]
    assert row.record.digest == acts.digest(other)
    assert row.record.digest != acts.digest_with_words(act)


async def test_a_row_of_the_first_version_is_recognised_as_it_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    journal = MemoryJournal()
    act = noted("ông Sáu ngất")
    async with live(journal=journal) as day:
        with monkeypatch.context() as before:
            before.setattr(acts, "digest", acts.digest_with_words)
            await day.asks(act)
        again, swapped = await day.asks(act, noted("bà Bảy ngất"))
        assert (again.duplicate, swapped.code) == (True, "id_reuse")
