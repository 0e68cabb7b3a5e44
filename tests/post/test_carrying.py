"""Letters on their way: in order, each once in effect, tried again later each time, and given up in the end."""

import random
from collections.abc import Callable

import pytest

from bridge.post import Channel, Kind, Letter, NotSent
from bridge.post.book import WAITING_LIMIT, Book, Fate
from bridge.post.carrying import FIRST_WAIT_MS, LONGEST_WAIT_MS, TRIES, Carrier, wait_ms
from bridge.post.settling import Thread
from tests.cast import CONFERENCE, MORNING

WORLD = 1_700_000_000_000
"""The world's time in these stories."""


def letter(position: int, incident: int | None = 1, kind: Kind = Kind.OPENED) -> Letter:
    return Letter(
        conference=CONFERENCE,
        position=position,
        kind=kind,
        incident=incident,
        title=f"Thư {position}",
        text="Mất điện: 14 điểm cầu",
        facts=b"{}",
        at_ms=MORNING,
    )


class Gate(Channel):
    """Lets through what it is told to."""

    name = "gate"

    def __init__(self, opens: Callable[[Letter], bool]) -> None:
        self.opens = opens
        self.knocks: list[int] = []
        self.through: list[int] = []

    async def send(self, letter: Letter) -> None:
        self.knocks.append(letter.position)
        if not self.opens(letter):
            raise NotSent("đóng cửa")
        self.through.append(letter.position)


class Round:
    """A carrier whose time goes by as fast as it waits."""

    def __init__(self, book: Book, gate: Gate) -> None:
        self.book = book
        self.now_ms = WORLD
        self.carrier = Carrier(gate, book, lambda: self.now_ms, random.Random(7))

    async def goes(self, times: int) -> None:
        for _ in range(times):
            self.now_ms += round(1000 * await self.carrier.round()) + 1


async def posted(book: Book, *letters: Letter) -> list[tuple[Letter, str]]:
    return await book.write(CONFERENCE, max(each.position for each in letters), (), letters, ["gate"], WORLD)


async def fates(book: Book) -> dict[int, tuple[str, int]]:
    return {letter.position: (entry.state, entry.tries) for letter, [entry] in await book.log(CONFERENCE, 1000)}


async def test_a_letter_is_tried_until_it_arrives_and_then_no_more(either_book: Book) -> None:
    gate = Gate(lambda _letter: len(gate.knocks) > 2)
    await posted(either_book, letter(5))
    await Round(either_book, gate).goes(6)
    assert (gate.knocks, gate.through) == ([5, 5, 5], [5])
    assert await fates(either_book) == {5: (Fate.SENT, 3)}


async def test_of_one_incident_nothing_overtakes_and_other_incidents_do_not_wait(book: Book) -> None:
    open_from = 4
    gate = Gate(lambda each: each.incident != 1 or len(gate.knocks) > open_from)
    await posted(book, letter(5), letter(6, incident=2), letter(7, kind=Kind.RESOLVED), letter(8, None, Kind.MISSED))
    await Round(book, gate).goes(8)
    assert gate.through.index(6) < gate.through.index(5)
    assert [position for position in gate.through if position in (5, 7)] == [5, 7]
    assert sorted(gate.through) == [5, 6, 7, 8]


async def test_what_never_arrives_is_given_up_and_what_comes_after_it_goes_on(either_book: Book) -> None:
    gate = Gate(lambda each: each.position != 5)
    await posted(either_book, letter(5), letter(6, kind=Kind.RESOLVED))
    way = Round(either_book, gate)
    await way.goes(2 * TRIES)
    assert gate.knocks.count(5) == TRIES
    assert gate.through == [6]
    assert await fates(either_book) == {5: (Fate.GIVEN_UP, TRIES), 6: (Fate.SENT, 1)}
    assert (await either_book.tally(CONFERENCE)) == {Fate.GIVEN_UP: 1, Fate.SENT: 1}
    # Within the half hour somebody knows that it did not arrive.
    assert way.now_ms - WORLD < 30 * 60_000
    (entry,) = (await either_book.log(CONFERENCE, 10))[-1][1]
    assert entry.why == "đóng cửa"


@pytest.mark.parametrize("chance", [0.0, 0.5, 0.999])
def test_each_wait_is_longer_than_the_one_before_up_to_a_bound(chance: float) -> None:
    waits = [wait_ms(tries, chance) for tries in range(1, TRIES)]
    assert FIRST_WAIT_MS / 2 <= waits[0] <= FIRST_WAIT_MS
    assert waits == sorted(waits)
    assert waits[-1] <= LONGEST_WAIT_MS


async def test_a_clock_that_was_set_back_holds_nothing_up(book: Book) -> None:
    gate = Gate(lambda _letter: len(gate.knocks) > 1)
    await posted(book, letter(5))
    way = Round(book, gate)
    await way.goes(1)
    way.now_ms -= 24 * 3_600_000
    await way.goes(1)
    assert gate.through == [5]


async def test_a_channel_that_is_shut_for_long_holds_a_bounded_pile(book: Book) -> None:
    most = [letter(place, None, Kind.MISSED) for place in range(1, WAITING_LIMIT + 3)]
    assert [each.position for each, _ in await posted(book, *most)] == [WAITING_LIMIT + 1, WAITING_LIMIT + 2]
    assert len(await book.waiting("gate")) == WAITING_LIMIT
    assert (await book.tally(CONFERENCE)) == {Fate.WAITING: WAITING_LIMIT, Fate.DROPPED: 2}


async def test_a_letter_that_is_written_again_is_not_sent_again(either_book: Book) -> None:
    """As after a restore of the book alone, or a crash between the street and the book."""
    gate = Gate(lambda _letter: True)
    await posted(either_book, letter(5))
    await Round(either_book, gate).goes(1)
    await posted(either_book, letter(5))
    await Round(either_book, gate).goes(2)
    assert gate.knocks == [5]


async def test_the_book_knows_where_it_stopped(either_book: Book) -> None:
    assert await either_book.read_so_far(CONFERENCE) == (0, {})
    thread = Thread(3, 41, Kind.OPENED, MORNING, 14, 1)
    for position in (41, 45):
        await either_book.write(CONFERENCE, position, [thread, Thread(4, 44)], (), (), WORLD)
    assert await either_book.read_so_far(CONFERENCE) == (45, {3: thread, 4: Thread(4, 44)})
    assert await either_book.read_so_far("another") == (0, {})


async def test_old_letters_leave_the_book_but_not_those_that_wait(either_book: Book) -> None:
    gate = Gate(lambda each: each.position == 5)
    await posted(either_book, letter(5), letter(6, incident=2))
    await Round(either_book, gate).goes(1)
    a_year_later = WORLD + 365 * 24 * 3_600_000
    assert await either_book.forget_old(WORLD) == 0
    assert await either_book.forget_old(a_year_later) == 1
    assert [each.position for each, _ in await either_book.log(CONFERENCE, 10)] == [6]
