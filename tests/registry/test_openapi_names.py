"""The document tells of each type under a name of its own."""

from enum import StrEnum

import msgspec
import pytest
from pydantic import BaseModel

from endpoints_registry.openapi import Json, schema_of


class Fault(StrEnum):
    SOUND = "sound"
    PICTURE = "picture"


class Told(BaseModel):
    fault: Fault


class Asked(msgspec.Struct):
    fault: Fault


def test_two_types_of_one_name_are_refused() -> None:
    schemas: Json = {}
    schema_of(Told, schemas)
    other = msgspec.defstruct("Told", [("number", int)])
    with pytest.raises(ValueError, match="called Told"):
        schema_of(other, schemas)


def test_the_same_words_may_come_from_both_libraries() -> None:
    schemas: Json = {}
    schema_of(Told, schemas)
    schema_of(Asked, schemas)
    assert schemas.keys() == {"Fault", "Told", "Asked"}
