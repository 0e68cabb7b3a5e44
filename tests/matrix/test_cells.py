"""Every door, everybody, every place: nobody gets an answer that is not theirs, and no answer holds a word that is not."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bridge.house import House
from tests.flows.house import CONFERENCE
from tests.matrix.city import ELSEWHERE, EVERYBODY, NOWHERE, PLACES, City, Place, Told, Who, marks
from tests.matrix.filling import Filling
from tests.matrix.rules import ROWS, Row

in_the_city = pytest.mark.asyncio(loop_scope="session")

SHOWN = 400
"""So many wrong cells are named; one mistake makes many."""


def doors(house: House) -> set[str]:
    """Every one that is hung into the house, those outside of the document too."""
    return {f"{route.method} {re.sub(_PATTERN, _plain, route.path)}" for route in house.routes}


_PATTERN, _plain = r"{(\w+):[^}]*}", r"{\1}"


@in_the_city
async def test_every_door_has_a_row(city: City) -> None:
    there, told = doors(city.ours.house), {row.door for row in ROWS}
    assert sorted(there - told) == [], "a new door says in tests/matrix/rules.py who may use it, and for which places"
    assert sorted(told - there) == [], "these doors are no more"
    document = (await city.who("nobody").get("/api/v1/openapi.json")).body
    described = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert described <= told


class Matrix:
    def __init__(self, city: City) -> None:
        self._city = city
        self._filling = Filling(city)
        self.wrong: list[str] = []
        self.asked = 0

    async def told_of(self) -> None:
        await self._filling.told_of(tuple(PLACES))

    async def close(self) -> None:
        await self._filling.close(tuple(PLACES))

    async def row(self, row: Row) -> None:
        for who in EVERYBODY:
            places = [NOWHERE, *PLACES] if row.placed else PLACES[4:5]
            if row.dear:
                own = [place for place in places if row.admits(who) and row.theirs(who, place)]
                places = [place for place in places if place not in own[1:]]
            for place in places:
                await self._cell(row, who, place)
            if "{conference}" in row.door:
                await self._other_conferences(row, who)

    async def _cell(self, row: Row, who: Who, place: Place) -> None:
        expected = row.expected(who, place)
        inside = row.admits(who) and row.theirs(who, place)
        if row.refused_only and inside:
            return
        self._filling.forget()
        if row.make and inside:
            await self._filling.prepare(row, place)
        told = await self._ask(row, who, place, CONFERENCE)
        found = _status(row, told)
        where = f"{row.door}{'?' if row.asked else ''}{row.asked} by {who.name} of {place.point}"
        if found != expected and not (inside and found == row.also):
            self.wrong.append(f"{where}: {found} instead of {expected}: {told.raw[:200].decode(errors='replace')}")
        read = marks(told.words())
        if strange := [mark for mark in read if not who.may_read(*mark)]:
            self.wrong.append(f"{where}: told of {strange}")
        if inside and row.shows and expected == row.good and not _shows(told, place):
            self.wrong.append(f"{where}: does not tell of the place: {told.raw[:200].decode(errors='replace')}")
        if row.placed and not inside and row.admits(who):
            self._same_as_nothing(where, row, who, place, told)

    def _same_as_nothing(self, where: str, row: Row, who: Who, place: Place, told: Told) -> None:
        if place is NOWHERE:
            self._nothing = row, who, _unnamed(told, place)
        else:
            assert self._nothing[:2] == (row, who)
            if _unnamed(told, place) != self._nothing[2]:
                self.wrong.append(f"{where}: {told.raw[:200]!r} tells that it is there, unlike {self._nothing[2]!r}")

    async def _other_conferences(self, row: Row, who: Who) -> None:
        """One in which they have no part, and one that does not exist, are one."""
        if row.admits(who) and who.everywhere:
            return
        answers = []
        for conference in ("khong-co", ELSEWHERE):
            told = await self._ask(row, who, PLACES[4], conference)
            where = f"{row.door} by {who.name} in {conference}"
            expected = row.expected(who, NOWHERE) if not row.admits(who) else 404
            if (found := told.status) != expected:
                self.wrong.append(f"{where}: {found} instead of {expected}: {told.raw[:200]!r}")
            if strange := [mark for mark in marks(told.words()) if not who.may_read(*mark)]:
                self.wrong.append(f"{where}: told of {strange}")
            answers.append(_unnamed(told, PLACES[4]).replace(conference.encode(), b"-"))
        if answers[0] != answers[1]:
            self.wrong.append(f"{row.door} by {who.name}: {answers[1][:200]!r} is not {answers[0][:200]!r}")

    async def _ask(self, row: Row, who: Who, place: Place, conference: str) -> Told:
        self.asked += 1
        names = self._filling.named(row, who, place, conference)
        headers = {**await self._filling.headers(row, who), "Origin": self._city.address}
        return await self._city.ask(
            headers, row.method, self._filling.address(row, names), self._filling.body(row, names)
        )


def _status(row: Row, told: Told) -> int:
    if not row.judged or told.status != 200:
        return told.status
    (outcome,) = msgspec.json.decode(told.raw)["outcomes"]
    return 200 if outcome["outcome"] == "accepted" else 404


def _shows(told: Told, place: Place) -> bool:
    return any(code in (place.unit, place.point.replace("-", "")) for _, code in marks(told.words()))


def _unnamed(told: Told, place: Place) -> bytes:
    """The answer without what was asked for by name."""
    raw = re.sub(rb'"id":"[0-9a-f-]{36}"', b"", told.raw)
    for said in (place.mark, place.unit_mark, place.spare, place.point, place.unit):
        raw = re.sub(rb"(?<![0-9])" + said.encode() + rb"(?![0-9])", b"-", raw)
    return raw


PARTS = 6
"""Of the table, one after the other, of about as many cells each: a machine with other work takes a minute for all of it."""


def part(number: int) -> list[Row]:
    begins, rows = 0, []
    for row in ROWS:
        if begins * PARTS // _CELLS == number and not row.closed:
            rows.append(row)
        begins += _cells(row)
    return rows


def _cells(row: Row) -> int:
    return len(EVERYBODY) * (1 + len(PLACES) if row.placed else 1)


_CELLS = sum(map(_cells, ROWS))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def matrix(city: City) -> Matrix:
    there = Matrix(city)
    with discreet():
        await there.told_of()
    return there


@contextmanager
def discreet() -> Iterator[None]:
    """Something is written into the log, and nobody's name."""
    with capture_logs() as lines:
        yield
    assert lines
    assert marks(repr(lines).encode()) == set(), "a name has been written into the log"


async def right(matrix: Matrix, rows: Sequence[Row]) -> None:
    """What is wrong in these rows is named."""
    asked, wrong = matrix.asked, len(matrix.wrong)
    with discreet():
        for row in rows:
            await matrix.row(row)
    found = matrix.wrong[wrong:]
    assert not found, f"{len(found)} of {matrix.asked - asked}:\n" + "\n".join(found[:SHOWN])


@in_the_city
@pytest.mark.parametrize("number", range(PARTS))
async def test_no_cell_of_the_matrix_is_wrong(matrix: Matrix, number: int) -> None:
    asked = matrix.asked
    await right(matrix, part(number))
    assert matrix.asked - asked > 1_000


@in_the_city
async def test_no_cell_is_wrong_once_the_conference_is_closed(matrix: Matrix) -> None:
    with discreet():
        await matrix.close()
    await right(matrix, [row for row in ROWS if row.closed])


def test_the_parts_are_the_whole_table() -> None:
    assert [row for number in range(PARTS) for row in part(number)] == [row for row in ROWS if not row.closed]
