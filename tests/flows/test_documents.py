"""What the server says of itself is true: the OpenAPI document and the schemas of the frames."""

import asyncio
import re
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import validate

from endpoints_registry.door import Open
from tests.flows.house import HALL, PATH, Own, Standing, act, count

METHODS = ("get", "post", "put", "patch", "delete")


async def document(there: Standing) -> dict[str, Any]:
    return (await there.nobody.get("/api/v1/openapi.json")).body


async def test_the_openapi_document_is_valid(there: Standing) -> None:
    validate(await document(there))


async def test_every_door_that_is_not_hidden_stands_in_the_document_with_its_rule(ours: Own) -> None:
    paths = (await document(ours.there))["paths"]
    shown = [route for route in ours.house.routes if not route.hidden]
    for route in shown:
        told = paths[route.path][route.method.lower()]
        assert told.get("x-rule") == (None if route.rule is Open.PUBLIC else route.rule.value), route.path
    assert sum(len(doors) for doors in paths.values()) == len(shown)


async def test_what_has_a_rule_is_shut_for_strangers_and_what_is_public_is_not(there: Standing) -> None:
    doors = [
        (method.upper(), re.sub(r"{\w+}", "1", path), told)
        for path, methods in (await document(there))["paths"].items()
        for method, told in methods.items()
    ]
    answers = await asyncio.gather(*(there.nobody.ask(method, path, None, {}) for method, path, _ in doors))
    for (method, path, told), answer in zip(doors, answers, strict=True):
        named = f"{method} {path}: {answer.status} {answer.body}"
        assert (answer.status == 401) == ("x-rule" in told), named
        assert answer.status < 500, named


async def frames(there: Standing) -> dict[str, Any]:
    return (await there.nobody.get("/api/v1/frames.json")).body


async def test_the_schemas_of_the_frames_are_json_schema(there: Standing) -> None:
    told = await frames(there)
    for name, schema in [*told["frames"].items(), *told["components"]["schemas"].items()]:
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema, name
    assert told["close_codes"]["4501"] == "replaced"


async def test_what_is_said_on_the_sockets_is_what_the_schemas_say(there: Standing) -> None:
    told = await frames(there)
    screen = await there.screen()
    seen = [("server_says_to_screen", await screen.watch())]
    room = await there.room(HALL)
    seen.append(("server_says_to_room", await room.hello()))
    await room.say("act", **count(HALL, 60))
    seen.append(("server_says_to_room", await room.next()))
    seen.append(("server_says_to_screen", await screen.take()))
    seen.append(("act", act(HALL, "stage", stage="on_site")))
    for name, frame in seen:
        _validator(told, name).validate(frame)
    with pytest.raises(jsonschema.ValidationError):
        _validator(told, "act").validate(act(HALL, "stage", stage="asleep"))


def _validator(told: dict[str, Any], name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**told["frames"][name], "components": told["components"]})


async def test_the_totals_are_those_of_the_contract(there: Standing) -> None:
    await there.phone(HALL).send(count(HALL, 60, excused=4))
    totals = (await there.ann.get(f"{PATH}/totals?unit=001&round=opening")).body
    people = totals["people"]
    assert (totals["sitting"], totals["round"], totals["points"]["total"]) == ("2026-03-07-am", "opening", 6)
    assert people["expected"] == sum(people[part] for part in ("present", "excused", "unexcused", "unreported"))
    assert (people["expected"], people["present"], people["excused"]) == (6 * 64, 60, 4)
    assert totals["reports"].items() >= {"due": 6, "received": 1, "quarantined": 0}.items()
