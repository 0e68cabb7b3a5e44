"""Whatever the network and the power do: every act is answered once, counts once, and the sums are the oracle's."""

import logging
import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import pytest
import structlog
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from bridge.journal.chain import genesis, verify
from bridge.rules import wire
from bridge.rules.attendance import People, standing
from bridge.rules.model import Figure as Kept
from bridge.rules.model import RoundKey
from tests.cast import CONFERENCE, SITTING
from tests.laws.oracle import Answer, Column, Oracle, Receipt
from tests.laws.oracle import Figure as Foreseen
from tests.laws.sayings import STAFF_ONLY
from tests.laws.schedules import KEYS, NODES, PLAN, UNDO_MS, Lived, Weather, lived, person_of, some_weather

SCHEDULES = 10_000
AT_ONCE = 1_000


@pytest.fixture(autouse=True, scope="module")
def _unlogged() -> Iterator[None]:
    """The coordinator reports each of some ten thousand failures of its disk; here that is what is played."""
    kept = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**kept)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(0, SCHEDULES, AT_ONCE))
def test_every_schedule_ends_in_the_oracles_ledger(first: int) -> None:
    played = uvloop.run(all_played(range(first, first + AT_ONCE)))
    # The law of the ledger was held after so many events (`Audited.adopt`), and through so many deaths of the centre.
    assert played.events >= 10 * AT_ONCE
    assert played.acts >= 10 * AT_ONCE
    assert played.cuts >= AT_ONCE


weathers = st.builds(
    Weather,
    acts=st.integers(1, 40),
    drop=st.floats(0, 0.6),
    double=st.floats(0, 1),
    slowest=st.integers(0, 20),
    crash=st.floats(0, 0.3),
    badness=st.floats(0, 0.5),
)


@given(weather=weathers, seed=st.integers(0, 2**32))
def test_a_schedule_that_breaks_the_law_is_brought_down_to_few_acts_and_mild_weather(
    weather: Weather, seed: int
) -> None:
    holds(uvloop.run(lived(random.Random(seed), weather)))


class Played(NamedTuple):
    events: int
    acts: int
    cuts: int


async def all_played(seeds: Iterable[int]) -> Played:
    events = said = cuts = 0
    for seed in seeds:
        try:
            rng = random.Random(seed)
            day = await lived(rng, some_weather(rng))
            holds(day)
        except Exception as broken:
            broken.add_note(f"schedule {seed}")
            raise
        events += day.events
        said += sum(len(device.said) for device in day.devices)
        cuts += day.cuts
    return Played(events, said, cuts)


def holds(day: Lived) -> None:
    every_act_is_answered_once_and_for_ever(day)
    every_act_is_in_the_journal_once_in_its_devices_order(day)
    the_ledger_is_the_oracles(day, foreseen(day))
    day.scene.audit()


def every_act_is_answered_once_and_for_ever(day: Lived) -> None:
    for device, again in zip(day.devices, day.again, strict=True):
        assert not device.outbox
        assert set(device.answers) == {act.id for act in device.said}
        assert [outcome.id for outcome in again] == [act.id for act in device.said]
        for outcome in again:
            first = device.answers[outcome.id]
            assert (first.outcome, first.code, first.message) == (outcome.outcome, outcome.code, outcome.message)
            assert (first.position, first.at) == (outcome.position, outcome.at)
            # What was not allowed is not kept, and so refused anew each time.
            assert outcome.duplicate is bool(outcome.position)
    assert {(each.outcome, each.code) for each in day.misused} <= {("refused", "id_reuse")}


def every_act_is_in_the_journal_once_in_its_devices_order(day: Lived) -> None:
    assert verify(day.rows, genesis(CONFERENCE)) is None
    kept = {row.record.act: row.position for row in day.rows if row.record.act is not None}
    assert len(kept) == sum(row.record.act is not None for row in day.rows)
    told = {id: outcome.position for device in day.devices for id, outcome in device.answers.items()}
    assert kept == {id: position for id, position in told.items() if position}
    for device in day.devices:
        positions = [position for act in device.said if (position := told[act.id])]
        assert positions == sorted(positions)


def foreseen(day: Lived) -> Oracle:
    """The oracle after all acts in the order of their receipts; it must have foreseen each answer."""
    oracle = Oracle(PLAN, lambda scan: person_of(scan.badge), UNDO_MS)
    journaled = []
    for device in day.devices:
        for act in device.said:
            answer = device.answers[act.id]
            if not answer.position:
                assert isinstance(act, STAFF_ONLY)
                assert (device.caller.proxy, answer.outcome, answer.code) == (False, "refused", "not_allowed")
            else:
                received_ms = wire.ms_of(datetime.fromisoformat(answer.at))
                journaled.append((answer, Receipt(act, device.caller.name, device.name, received_ms)))
    for answer, receipt in sorted(journaled, key=lambda each: each[0].position):
        assert oracle.take(receipt) == Answer(answer.outcome == "accepted", answer.code), receipt
    return oracle


def the_ledger_is_the_oracles(day: Lived, oracle: Oracle) -> None:
    state = day.scene.state
    for code, hall in oracle.halls.items():
        point = state.points[code]
        said = point.perceived
        assert point.stage is hall.stage
        assert ((said.picture, said.sound, said.line) if said else None) == hall.perceived
        assert point.expected == hall.expected
        assert _figures(point.figures) == _foreseen(hall.counts)
        assert _figures(point.quarantined) == _foreseen(hall.waiting)
        assert _figures(point.differing) == _foreseen(hall.differing)
        assert point.scanned.get(SITTING, 0) == hall.scanned.get(SITTING, 0)
        for key in KEYS:
            assert _column(standing(point, key)) == oracle.column(code, key)
    people = {f"person {number}" for number in range(20)}
    seen = {person: found.point for person in people if (found := state.seen(SITTING, person))}
    assert seen == oracle.seen
    for node in NODES:
        tally = day.scene.rollup.at(node)
        halls = [oracle.halls[code] for code in oracle.under(node)]
        assert tally.points == len(halls)
        assert tally.scanned[SITTING] == sum(hall.scanned.get(SITTING, 0) for hall in halls)
        for key in KEYS:
            if halls:
                assert _column(tally.people[key]) == oracle.total(node, key)
            assert tally.received[key] == sum(key in hall.counts for hall in halls)
            assert tally.quarantined[key] == sum(key in hall.waiting for hall in halls)
            assert tally.differing[key] == sum(key in hall.differing for hall in halls)


def _figures(figures: Mapping[RoundKey, Kept]) -> dict[RoundKey, tuple[object, ...]]:
    return {key: (each.act, each.count, each.device, each.author.value) for key, each in figures.items()}


def _foreseen(figures: Mapping[RoundKey, Foreseen]) -> dict[RoundKey, tuple[object, ...]]:
    return {key: (each.act, each.said, each.device, "proxy" if each.proxy else "own") for key, each in figures.items()}


def _column(people: People) -> Column:
    return Column(people.expected, people.present, people.excused, people.unexcused, people.unreported, people.guests)
