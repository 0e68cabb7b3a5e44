"""Somebody's own words lie beside the journal, in memory, in a file and on a server: read as said, erased for ever."""

from pathlib import Path

import msgspec
import pytest

from bridge.journal import ERASED, Identity, Journal, Record
from bridge.journal.chain import genesis, link
from bridge.journal.checking import strays, walked
from bridge.journal.sql import SqlJournal, open_journal
from bridge.journal.texts import kept_apart
from tests.contracts.houses import Sqlite
from tests.contracts.test_journal import DAY, OTHER_DAY, appended, house, journal, whole

__all__ = ["house", "journal"]

WORDS = 'Chị Lê Thị Hoa ("0900 000 009") báo:\nmất tiếng ¤'


def said(words: str, act: str | None = None) -> Record:
    mark, text = kept_apart(words)
    body = msgspec.json.encode({"event": "incident-noted", "note": mark})
    return Record(
        at_ms=1, received_ms=2, by="user:ann", kind="incident-noted", point=None, body=body, act=act, texts=(text,)
    )


def note(record: Record) -> str:
    found: str = msgspec.json.decode(record.body)["note"]
    return found


async def test_words_are_read_back_wherever_rows_are_read(journal: Journal) -> None:
    await appended(journal, said(WORDS), said("khác"))
    assert [note(row.record) for row in await whole(journal)] == [WORDS, "khác"]
    recalled = msgspec.json.decode(await journal.recall(DAY, 0, 2))
    assert [each[7]["note"] for each in recalled] == [WORDS, "khác"]
    async with journal.turn(DAY, 0) as turn:
        assert [note(row.record) for row in turn.news] == [WORDS, "khác"]
    assert await journal.texts(DAY) == tuple(sorted([WORDS, "khác"]))
    assert await journal.texts(OTHER_DAY) == ()


async def test_erased_words_are_gone_from_every_reading_and_the_head_stays(journal: Journal) -> None:
    await appended(journal, said(WORDS), said("khác"), said(WORDS))
    await appended(journal, said(WORDS), conference=OTHER_DAY)
    head = await journal.head(DAY)
    assert await journal.erase(DAY, {WORDS}) == 2
    assert [note(row.record) for row in await whole(journal)] == [ERASED, "khác", ERASED]
    assert [each[7]["note"] for each in msgspec.json.decode(await journal.recall(DAY, 0, 3))] == [
        ERASED,
        "khác",
        ERASED,
    ]
    assert await journal.head(DAY) == head
    assert [note(row.record) for row in await whole(journal, OTHER_DAY)] == [WORDS]
    assert await journal.erase(DAY, {WORDS}) == 0
    await appended(journal, said("nữa"))
    assert note((await whole(journal))[3].record) == "nữa"


async def test_an_act_that_is_known_comes_with_its_words_until_they_are_erased(journal: Journal) -> None:
    mine = Identity("user:ann", "an-act")
    await appended(journal, said(WORDS, mine.act))
    for kept in (WORDS, ERASED):
        # Asked for with the beginning, and later on.
        async with journal.turn(DAY, 1, [mine]) as turn:
            assert note((await turn.known([mine]))[mine].record) == kept
        async with journal.turn(DAY, 1) as turn:
            assert note((await turn.known([mine]))[mine].record) == kept
        await journal.erase(DAY, {WORDS})


async def test_the_same_words_twice_are_two_digests(journal: Journal) -> None:
    one, two = said(WORDS), said(WORDS)
    assert one.body != two.body


async def test_a_sentence_that_looks_like_a_digest_is_only_a_sentence(journal: Journal) -> None:
    await appended(journal, said(WORDS))
    (row,) = await whole(journal)
    mark = said("¤" + "0" * 64)
    await appended(journal, mark)
    assert note((await whole(journal))[1].record) == "¤" + "0" * 64
    assert row.position == 1


async def test_the_file_holds_no_letter_of_what_was_erased(tmp_path: Path) -> None:
    held = await open_journal(Sqlite(tmp_path / "journal.sqlite").url)
    await appended(held, said(WORDS))
    assert "Lê Thị Hoa".encode() in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    await held.erase(DAY, {WORDS})
    assert "Lê Thị Hoa".encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    await held.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_the_chain_is_of_the_digests_and_holds_after_an_erasure(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = Sqlite(tmp_path / "journal.sqlite").url if kind == "sqlite" else str(request.getfixturevalue("postgres_url"))
    held: SqlJournal = await open_journal(url)
    record = said(WORDS)
    (row,) = await appended(held, record)
    assert row.hash == link(genesis(DAY), 1, record)
    await appended(held, said("khác"))
    assert (await walked(held, DAY)).rows == 2
    await held.erase(DAY, {WORDS})
    assert (await walked(held, DAY)).rows == 2
    await strays(held.store)
    await held.close()
