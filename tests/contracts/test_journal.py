"""What every journal promises: in memory, in a file, on a server."""

import asyncio
import itertools
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bridge.journal import (
    READ_LIMIT,
    RECALL_PAGE,
    Identity,
    IdentityTaken,
    Journal,
    JournalBehind,
    JournalError,
    Record,
    Row,
    pages,
    recalled,
)
from bridge.journal.chain import genesis, verify
from bridge.journal.memory import MemoryJournal
from tests.contracts.houses import House, Memory, Postgres, Sqlite
from tests.databases import Server, name_of

DAY = "hoc-tap-2026-03"
OTHER_DAY = "hoc-tap-2026-04"


class ChangedTheirMind(Exception):
    """Somebody leaves a turn by an exception."""


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    match request.param:
        case "memory":
            return Memory()
        case "sqlite":
            return Sqlite(tmp_path / "journal.sqlite")
        case _:
            server: Server = request.getfixturevalue("postgres")
            url: str = request.getfixturevalue("postgres_url")
            return Postgres(url, partial(server.told, database=name_of(url)))


@pytest.fixture
async def journal(house: House) -> AsyncIterator[Journal]:
    opened = await house.open()
    yield opened
    await opened.close()


def count(act: str | None, by: str = "point:00004-01", present: int = 64, point: str = "00004-01") -> Record:
    return Record(
        at_ms=1_772_845_331_000,
        received_ms=1_772_845_331_200,
        by=by,
        kind="figure-reported",
        point=point,
        body=b'{"present":%d}' % present,
        act=act,
        device="điện thoại",
        seq=3,
        digest=bytes(range(32)),
        outcome="accepted",
        code="warned",
        message="đã nhận 08:02",
        skew_ms=-40,
    )


async def appended(journal: Journal, *records: Record, conference: str = DAY) -> tuple[Row, ...]:
    head = await journal.head(conference)
    async with journal.turn(conference, head.position) as turn:
        return await turn.append(records)


async def whole(journal: Journal, conference: str = DAY) -> tuple[Row, ...]:
    return tuple([row async for page in pages(journal, conference) for row in page])


async def test_positions_are_dense_in_each_conference(journal: Journal) -> None:
    await appended(journal, count("a"), count("b"))
    await appended(journal, count("a"), conference=OTHER_DAY)
    await appended(journal, count("c"))
    await appended(journal, count("b"), count("c"), conference=OTHER_DAY)
    assert [row.position for row in await whole(journal)] == [1, 2, 3]
    assert [row.position for row in await whole(journal, OTHER_DAY)] == [1, 2, 3]
    assert await journal.conferences() == (DAY, OTHER_DAY)


async def test_what_is_read_is_what_was_appended(journal: Journal) -> None:
    sparse = Record(at_ms=0, received_ms=0, by="system", kind="phase-changed", point=None, body=b"")
    rows = await appended(journal, count("a"), sparse)
    assert [row.record for row in rows] == [count("a"), sparse]
    assert await whole(journal) == rows


async def test_the_head_is_the_last_row(journal: Journal) -> None:
    *_, last = await appended(journal, count("a"), count("b"))
    head = await journal.head(DAY)
    assert (head.position, head.hash) == (last.position, last.hash)


async def test_a_conference_in_which_nothing_happened_has_a_head_and_no_rows(journal: Journal) -> None:
    head = await journal.head(DAY)
    assert (head.position, head.hash) == (0, genesis(DAY))
    assert await whole(journal) == ()
    assert await journal.conferences() == ()


async def test_acts_that_were_sent_before_are_known_with_their_first_answer(journal: Journal) -> None:
    first, second = await appended(journal, count("a"), count("b"))
    async with journal.turn(DAY, 2) as turn:
        known = await turn.known([Identity("point:00004-01", act) for act in ("a", "b", "c")])
    assert known == {Identity("point:00004-01", "a"): first, Identity("point:00004-01", "b"): second}


async def test_an_id_is_another_persons_or_another_days_own(journal: Journal) -> None:
    await appended(journal, count("a"))
    async with journal.turn(DAY, 1) as turn:
        assert await turn.known([Identity("point:00007-01", "a")]) == {}
    async with journal.turn(OTHER_DAY, 0) as turn:
        assert await turn.known([Identity("point:00004-01", "a")]) == {}
        (row,) = await turn.append([count("a")])
    assert row.position == 1


async def test_a_turn_knows_what_it_has_itself_appended(journal: Journal) -> None:
    async with journal.turn(DAY, 0) as turn:
        (row,) = await turn.append([count("a")])
        assert await turn.known([Identity("point:00004-01", "a")]) == {Identity("point:00004-01", "a"): row}


async def test_acts_named_at_the_beginning_are_known_as_those_asked_for_later(journal: Journal) -> None:
    first, other = await appended(journal, count("a"), count("z"))
    a, b, z = (Identity("point:00004-01", act) for act in ("a", "b", "z"))
    async with journal.turn(DAY, 2, [a, b]) as turn:
        assert await turn.known([a, b]) == {a: first}
        assert await turn.known([b, z]) == {z: other}
        (second,) = await turn.append([count("b")])
        assert await turn.known([a, b]) == {a: first, b: second}


async def test_ids_of_any_text_are_found_again(journal: Journal) -> None:
    acts = ['"', "'", "\\", "[", "ắ", "\u2028", "a b", "🙂", "%", "x" * 200]
    await appended(journal, *map(count, acts))
    async with journal.turn(DAY, len(acts)) as turn:
        known = await turn.known([Identity("point:00004-01", act) for act in acts])
    assert [identity.act for identity in sorted(known, key=lambda one: known[one].position)] == acts


async def test_a_turn_that_failed_leaves_nothing(journal: Journal) -> None:
    await appended(journal, count("a"))
    before = await journal.head(DAY)

    async def change_ones_mind() -> None:
        async with journal.turn(DAY, 1) as turn:
            await turn.append([count("b"), count("c")])
            raise ChangedTheirMind

    with pytest.raises(ChangedTheirMind):
        await change_ones_mind()
    assert await journal.head(DAY) == before
    assert len(await whole(journal)) == 1
    (row,) = await appended(journal, count("b"))
    assert row.position == 2


async def test_one_turn_may_append_several_times(journal: Journal) -> None:
    async with journal.turn(DAY, 0) as turn:
        await turn.append([count("a")])
        assert await turn.append([]) == ()
        (second,) = await turn.append([count("b")])
    assert second.position == 2
    assert verify(await whole(journal), genesis(DAY)) is None


@pytest.mark.parametrize("earlier", ["in an earlier turn", "earlier in the turn", "in the same breath"])
async def test_the_same_act_is_never_in_the_journal_twice(journal: Journal, earlier: str) -> None:
    kept = 0
    if earlier == "in an earlier turn":
        await appended(journal, count("a"))
        kept = 1

    async def send_again() -> None:
        async with journal.turn(DAY, kept) as turn:
            if earlier == "earlier in the turn":
                await turn.append([count("a")])
            again = [count("new"), count("a", present=60)]
            await turn.append([count("a"), *again] if earlier == "in the same breath" else again)

    with pytest.raises(IdentityTaken):
        await send_again()
    assert len(await whole(journal)) == kept


async def test_a_refused_append_spoils_its_turn_even_when_nobody_minds(journal: Journal) -> None:
    await appended(journal, count("a"))

    async def not_mind() -> None:
        async with journal.turn(DAY, 1) as turn:
            with suppress(IdentityTaken):
                await turn.append([count("b"), count("a")])

    with pytest.raises(JournalError, match="nothing of the turn is recorded"):
        await not_mind()
    assert len(await whole(journal)) == 1


async def test_a_turn_is_of_no_use_after_its_end(journal: Journal) -> None:
    async with journal.turn(DAY, 0) as turn:
        pass
    with pytest.raises(JournalError):
        await turn.append([count("a")])
    with pytest.raises(JournalError):
        await turn.known([Identity("point:00004-01", "a")])


async def test_what_nobody_sent_may_happen_again(journal: Journal) -> None:
    await appended(journal, count(None), count(None))
    await appended(journal, count(None))
    assert len(await whole(journal)) == 3


async def test_a_turn_brings_what_was_appended_since(journal: Journal) -> None:
    rows = await appended(journal, count("a"), count("b"), count("c"))
    for since in range(4):
        async with journal.turn(DAY, since) as turn:
            assert turn.news == rows[since:]


async def test_a_projection_ahead_of_the_journal_gets_no_turn(journal: Journal) -> None:
    await appended(journal, count("a"))
    with pytest.raises(JournalBehind, match="stands at 2 but its journal ends at 1"):
        async with journal.turn(DAY, 2):
            pass
    async with journal.turn(DAY, 1) as turn:
        assert turn.news == ()


async def test_reading_goes_page_by_page(journal: Journal) -> None:
    rows = await appended(journal, *[count(str(number)) for number in range(10)])
    assert await journal.read(DAY, 0, 4) == rows[:4]
    assert await journal.read(DAY, 4, 4) == rows[4:8]
    assert await journal.read(DAY, 8, 4) == rows[8:]
    assert await journal.read(DAY, 10, 4) == ()
    assert await journal.read(DAY, 99, 4) == ()


async def test_a_projection_recalls_of_each_row_what_it_is_made_of(journal: Journal) -> None:
    silent = Record(
        at_ms=0, received_ms=0, by="system", kind="phase-changed", point=None, body='{"lý do":"\\""}'.encode()
    )
    quoted = msgspec.structs.replace(count("a", by='user:"Bình"\\'), device="máy\n2")
    rows = await appended(journal, *[count(str(number)) for number in range(7)], silent, quoted)
    await appended(journal, count("elsewhere"), conference=OTHER_DAY)
    expected = [
        [row.position, r.at_ms, r.received_ms, r.by, r.act, r.device, r.seq, msgspec.json.decode(r.body)]
        for row in rows
        for r in (row.record,)
    ]
    whole_past = [row async for piece in recalled(journal, DAY, 9) for row in msgspec.json.decode(piece)]
    assert sorted(whole_past) == expected
    assert sorted(msgspec.json.decode(await journal.recall(DAY, 4, 7))) == expected[4:7]
    assert msgspec.json.decode(await journal.recall(DAY, 9, 12)) == []


async def test_a_long_past_is_recalled_in_pieces_without_a_gap(journal: Journal) -> None:
    records = [count(f"{number:05}") for number in range(RECALL_PAGE + 1)]
    await appended(journal, *records)
    pieces = [msgspec.json.decode(piece) async for piece in recalled(journal, DAY, len(records))]
    assert [len(piece) for piece in pieces] == [RECALL_PAGE, 1]
    assert [row[0] for piece in pieces for row in sorted(piece)] == list(range(1, len(records) + 1))


@pytest.mark.parametrize(("after", "to"), [(-1, 3), (3, 2), (0, READ_LIMIT + 1)])
async def test_a_recall_without_bounds_is_refused(journal: Journal, after: int, to: int) -> None:
    with pytest.raises(ValueError, match="ask for at most 10000 rows, in order"):
        await journal.recall(DAY, after, to)


async def test_one_points_rows_are_read_alone(journal: Journal) -> None:
    rows = await appended(journal, *[count(str(number), point=f"0000{number % 3}-01") for number in range(9)])
    assert await journal.read(DAY, point="00001-01") == rows[1::3]
    assert await journal.read(DAY, 2, 1, point="00001-01") == (rows[4],)
    assert await journal.read(DAY, point="00009-01") == ()


@pytest.mark.parametrize(("after", "limit"), [(0, 0), (0, READ_LIMIT + 1), (-1, 10)])
async def test_a_reading_without_bounds_is_refused(journal: Journal, after: int, limit: int) -> None:
    with pytest.raises(ValueError, match="ask for 1 to 10000 rows after 0 or more"):
        await journal.read(DAY, after, limit)


async def test_ten_thousand_rows_come_back_equal_and_whole(journal: Journal) -> None:
    records = [count(f"{number:05}", by=f"point:{number % 766:05}-01", present=number) for number in range(10_000)]
    rows: list[Row] = []
    for start in range(0, len(records), 400):
        rows += await appended(journal, *records[start : start + 400])
    read = await whole(journal)
    assert list(read) == rows
    assert [row.record for row in read] == records
    assert verify(read, genesis(DAY)) is None
    await appended(journal, count("one more"))
    with pytest.raises(JournalBehind, match="read those in pages first"):
        async with journal.turn(DAY, 0):
            pass
    async with journal.turn(DAY, 1) as turn:
        assert len(turn.news) == READ_LIMIT


async def test_the_epoch_stays_as_long_as_the_database(house: House) -> None:
    first = await house.open()
    rows = await appended(first, count("a"))
    before = await first.head(DAY)
    await first.close()
    second = await house.open()
    assert await second.head(DAY) == before
    assert await whole(second) == rows
    await second.close()


async def test_turns_of_one_conference_follow_each_other(journal: Journal) -> None:
    inside = 0

    async def take_one(number: int) -> tuple[int, ...]:
        nonlocal inside
        async with journal.turn(DAY, 0) as turn:
            inside += 1
            assert inside == 1
            await turn.known([Identity("point:00004-01", str(number))])
            (row,) = await turn.append([count(str(number))])
            inside -= 1
        return (*(news.position for news in turn.news), row.position)

    seen = await asyncio.gather(*map(take_one, range(20)))
    assert sorted(seen) == [tuple(range(1, last + 1)) for last in range(1, 21)]


async def test_a_cancelled_asker_leaves_all_of_a_turn_or_nothing(journal: Journal) -> None:
    async def ask(number: int) -> None:
        head = await journal.head(DAY)
        async with journal.turn(DAY, head.position) as turn:
            await turn.append([count(f"{number}-1"), count(f"{number}-2")])

    async def ask_and_leave(number: int) -> None:
        task = asyncio.create_task(ask(number))
        # A turn on a disk takes about a thousand of these: they leave at every stage of it.
        for _ in range(number * 25):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled() or task.exception() is None

    for number in range(40):
        await ask_and_leave(number)
    await ask(1_000)
    rows = await whole(journal)
    assert verify(rows, genesis(DAY)) is None
    acts = [row.record.act for row in rows]
    assert acts[-2:] == ["1000-1", "1000-2"]
    assert all(second == f"{str(first)[:-1]}2" for first, second in zip(acts[::2], acts[1::2], strict=True))


async def test_an_asker_cancelled_at_the_commit_leaves_only_when_it_is_done(journal: Journal) -> None:
    async def be_cancelled_at_the_commit() -> None:
        me = asyncio.current_task()
        assert me is not None
        async with journal.turn(DAY, 0) as turn:
            await turn.append([count("a"), count("b")])
            me.cancel()

    task = asyncio.create_task(be_cancelled_at_the_commit())
    await asyncio.wait([task])
    assert task.cancelled()
    assert [row.record.act for row in await whole(journal)] == ["a", "b"]
    (row,) = await appended(journal, count("c"))
    assert row.position == 3


async def test_a_turn_waits_until_a_cancelled_one_has_ended(journal: Journal) -> None:
    entered = asyncio.Event()

    async def hold() -> None:
        async with journal.turn(DAY, 0) as turn:
            await turn.append([count("a")])
            entered.set()
            await asyncio.Event().wait()

    held = asyncio.create_task(hold())
    await entered.wait()
    waiting = asyncio.create_task(appended(journal, count("b")))
    held.cancel()
    (row,) = await waiting
    assert row.position == 1
    assert [row.record.act for row in await whole(journal)] == ["b"]


@pytest.mark.parametrize("house", ["memory", "postgres"], indirect=True)
async def test_two_nodes_hear_of_each_others_rows(house: House) -> None:
    ann, binh = await house.open(), await house.open()
    (first,) = await appended(ann, count("a"))
    async with binh.turn(DAY, 0) as turn:
        assert turn.news == (first,)
        assert await turn.known([Identity("point:00004-01", "a")]) == {Identity("point:00004-01", "a"): first}
        (second,) = await turn.append([count("b")])
    async with ann.turn(DAY, 1) as turn:
        assert turn.news == (second,)
    assert verify(await whole(ann), genesis(DAY)) is None
    assert (await ann.head(DAY)) == (await binh.head(DAY))
    await ann.close()
    await binh.close()


@pytest.mark.parametrize("house", ["memory", "postgres"], indirect=True)
async def test_nodes_that_append_at_once_leave_no_gap(house: House) -> None:
    nodes = [await house.open() for _ in range(3)]

    async def append_ten(name: int, node: Journal) -> None:
        position = 0
        for number in range(10):
            async with node.turn(DAY, position) as turn:
                rows = await turn.append([count(f"{name}-{number}-1"), count(f"{name}-{number}-2")])
            assert rows[0].position == position + len(turn.news) + 1
            position = rows[-1].position

    await asyncio.gather(*itertools.starmap(append_ten, enumerate(nodes)))
    rows = await whole(nodes[0])
    assert [row.position for row in rows] == list(range(1, 61))
    assert verify(rows, genesis(DAY)) is None
    for node in nodes:
        await node.close()


@pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)
async def test_a_byte_changed_in_the_database_is_found(house: House) -> None:
    journal = await house.open()
    await appended(journal, *[count(str(number), present=number) for number in range(10)])
    await journal.close()
    if isinstance(house, Sqlite):
        changed = "UPDATE journal SET body = CAST('{\"present\":640}' AS BLOB) WHERE position = 7"
        with sqlite3.connect(house.path) as raw:
            assert raw.execute(changed).rowcount == 1
        raw.close()
    elif isinstance(house, Postgres):
        house.told("UPDATE journal.journal SET body = '{\"present\":640}' WHERE position = 7")
    reopened = await house.open()
    rows = await whole(reopened)
    await reopened.close()
    assert rows[6].record.body == b'{"present":640}'
    assert verify(rows, genesis(DAY)) == 7


# -- the twin and the others never differ ------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
RECORDS = st.builds(
    Record,
    at_ms=st.integers(0, 2**53),
    received_ms=st.integers(0, 2**53),
    by=st.sampled_from(["point:00004-01", "user:ann", "user:bình"]),
    kind=TEXTS,
    point=st.sampled_from([None, "00004-01", "00007-02"]),
    body=st.binary(max_size=60),
    act=st.none() | st.sampled_from("abcdefghij") | TEXTS,
    device=TEXTS,
    seq=st.integers(0, 2**53),
    digest=st.binary(max_size=32),
    outcome=TEXTS,
    code=TEXTS,
    message=TEXTS,
    skew_ms=st.integers(-(2**40), 2**40),
)
IDENTITIES = st.builds(
    Identity, by=st.sampled_from(["point:00004-01", "user:ann", "user:bình"]), act=st.sampled_from("abcdefghij")
)


@pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)
def test_the_twin_in_memory_and_the_database_never_differ(house: House) -> None:
    numbers = itertools.count()
    with asyncio.Runner() as loop:
        real = loop.run(house.open())

        class Both(RuleBasedStateMachine):
            def __init__(self) -> None:
                super().__init__()
                self.twin: Journal = MemoryJournal()
                self.conference = f"day-{next(numbers)}"
                self.length = 0

            def ask(self, question: Any) -> Any:
                """The one answer that both give; their refusals count as answers."""
                answers = []
                for journal in (self.twin, real):
                    try:
                        answers.append(loop.run(question(journal)))
                    except (JournalError, ChangedTheirMind, ValueError) as refusal:
                        answers.append(type(refusal))
                assert answers[0] == answers[1]
                return answers[0]

            @rule(
                batches=st.lists(st.lists(RECORDS, max_size=4), max_size=3),
                asked=st.lists(IDENTITIES, max_size=4),
                behind=st.integers(-1, 3),
                leaves=st.booleans(),
            )
            def take_a_turn(
                self, batches: list[list[Record]], asked: list[Identity], behind: int, leaves: bool
            ) -> None:
                async def turn_taken(journal: Journal) -> Any:
                    async with journal.turn(self.conference, self.length - behind) as turn:
                        seen: list[Any] = [turn.news, await turn.known(asked)]
                        seen += [await turn.append(batch) for batch in batches]
                        seen.append(await turn.known(asked))
                        if leaves:
                            raise ChangedTheirMind
                    return seen

                answer = self.ask(turn_taken)
                if isinstance(answer, list):
                    self.length += sum(map(len, batches))

            @rule(
                after=st.integers(-1, 12),
                limit=st.integers(0, 12),
                point=st.sampled_from([None, "00004-01", "00007-02", "x"]),
            )
            def read(self, after: int, limit: int, point: str | None) -> None:
                self.ask(lambda journal: journal.read(self.conference, after, limit, point))

            @invariant()
            def they_end_alike_and_whole(self) -> None:
                async def ending(journal: Journal) -> tuple[int, bytes, tuple[Row, ...]]:
                    head = await journal.head(self.conference)
                    return head.position, head.hash, await whole(journal, self.conference)

                position, _, rows = self.ask(ending)
                assert position == self.length == len(rows)
                assert verify(rows, genesis(self.conference)) is None

        # Short days, many of them: each example is a conference of its own in the same database.
        run_state_machine_as_test(Both, settings=settings(max_examples=25, stateful_step_count=12, deadline=None))
        loop.run(real.close())
