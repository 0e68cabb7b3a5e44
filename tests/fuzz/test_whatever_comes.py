"""A real server, whatever comes: spoilt frames, spoilt bodies, and all that its document describes, right and wrong."""

import asyncio

import pytest
import requests

from tests.flows.served import Served
from tests.fuzz.bodies import sent
from tests.fuzz.frames import answers_still, talked
from tests.fuzz.known import THERE
from tests.fuzz.reports import posted
from tests.matrix.city import PLACES, Keys

pytestmark = pytest.mark.asyncio(loop_scope="session")

# `make fuzz` sends a hundred thousand; these few thousand are always the same.
FRAMES, BODIES, EXAMPLES = 6_000, 3_000, 2
SEED = 36


def faults(served: Served) -> list[str]:
    """What the server's log calls a fault, and whether it still runs."""
    ended = [] if served.process.returncode is None else [f"ended with {served.process.returncode}"]
    return [line for line in served.log if "Traceback" in line or '"level": "error"' in line] + ended


async def test_spoilt_frames_end_in_documented_codes_and_harm_nobody(served: Served, keys: Keys) -> None:
    board = {"Cookie": keys.headers["organiser"]["Cookie"]}
    rooms = {place.point: {"Authorization": f"Bearer {keys.rooms[place.point]}"} for place in PLACES}
    heard = await talked(served.address, board, rooms, FRAMES, SEED)
    assert heard.wrong == [], f"{len(heard.wrong)} of {heard.talks}:\n" + "\n".join(heard.wrong[:20])
    assert {1000, 1002, 1007, 1009, 4400} <= heard.codes.keys()
    await answers_still(served.address, board, rooms[PLACES[0].point])
    assert faults(served) == []


async def test_a_spoilt_body_is_refused_or_taken_and_never_breaks_us(served: Served, keys: Keys) -> None:
    answered = await posted(served.address, keys.headers, BODIES, SEED)
    assert answered.wrong == []
    assert {200, 201, 404, 409, 413, 422} <= answered.statuses.keys()
    assert faults(served) == []


# The last: among all that the document describes is to sign everybody out.
@pytest.mark.timeout(900)  # half a minute, where nobody else works
async def test_every_answer_is_one_that_the_document_names(served: Served, keys: Keys) -> None:
    document = (await asyncio.to_thread(requests.get, f"{served.address}/api/v1/openapi.json", timeout=10)).json()
    found = await asyncio.to_thread(sent, served.address, document, keys.headers, THERE, EXAMPLES, SEED)
    assert found.wrong == [], f"{len(found.wrong)} of {found.asked}:\n" + "\n".join(found.wrong[:40])
    assert found.asked > 3_000
    assert [operation for operation, let_in in found.let_in.items() if not let_in] == []
    assert faults(served) == []
