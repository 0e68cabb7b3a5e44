"""What nobody asked for is not taken: a field that a body does not name, a line that an address would put into an answer."""

import msgspec
import pytest
from structlog.testing import capture_logs

from tests.flows.house import CONFERENCE
from tests.matrix.city import EVERYBODY, PLACES, City, Who
from tests.matrix.filling import Filling
from tests.matrix.rules import ROWS, Row

pytestmark = pytest.mark.asyncio(loop_scope="session")

PLACE = next(place for place in PLACES if place.point == "00178-01")
MORE = {"role": "admin", "everywhere": True, "by": "user:admin", "staff": True, "position": 1, "is_admin": True}
SPLIT = "x\r\nX-Injected: yes\r\n\r\n<script>"


def first(row: Row) -> Who:
    """Somebody who may do it."""
    return next(who for who in EVERYBODY if row.admits(who) and (row.theirs(who, PLACE) or not row.placed))


async def test_no_body_takes_a_field_that_it_does_not_name(city: City) -> None:
    filling, taken = Filling(city), []
    rows = [
        row for row in ROWS if isinstance(row.body, dict | str) and row.body != "{accounts_file}" and not row.judged
    ]
    for row in rows:
        names = filling.named(row, first(row), PLACE, CONFERENCE)
        raw = filling.body(row, names)
        assert raw is not None
        said = msgspec.json.decode(raw)
        more = [{**each, **MORE} for each in said] if isinstance(said, list) else {**said, **MORE}
        headers = await filling.headers(row, first(row))
        told = await city.ask(headers, row.method, filling.address(row, names), msgspec.json.encode(more))
        # Where there is nothing of that number yet the look comes before the body.
        if told.status not in (422, 404):
            taken.append(f"{row.door}: {told.status}")
    assert taken == []
    assert len(rows) > 30


async def test_no_address_puts_a_line_into_an_answer_or_into_the_log(city: City) -> None:
    filling, wrong = Filling(city), []
    with capture_logs() as lines:
        for row in ROWS:
            names = dict.fromkeys(filling.named(row, first(row), PLACE, CONFERENCE), SPLIT)
            for some in (names, names | {"conference": CONFERENCE}):
                headers = {**await filling.headers(row, first(row)), "Origin": city.address}
                told = await city.ask(headers, row.method, filling.address(row, some), b"{}")
                if "X-Injected" in told.headers or told.status >= 500:
                    wrong.append(f"{row.door}: {told.status} {dict(told.headers)}")
                if b"<script>" in told.raw and "html" in told.headers.get("Content-Type", ""):
                    wrong.append(f"{row.door}: markup in a page")
    assert wrong == []
    assert [line for line in lines if "X-Injected" in repr(line)] == []
