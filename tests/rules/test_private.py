"""Of every text in every event it is stated whether it is a code or somebody's own words."""

import types
import typing
from collections import deque
from typing import get_args

import msgspec
import pytest

from bridge.rules import events
from bridge.rules.events import AnyEvent
from bridge.rules.model import Fault
from bridge.rules.private import ERASED, OWN_WORDS, own_words, scrubbed

CODES = frozenset(
    {
        *("point", "sitting", "corrects", "released", "confirmed", "person", "first_point", "undone", "axis"),
        *("job", "kind", "code", "unit", "figures_sha256"),
        *("seed", "pool_sha256", "sha256"),
    }
)
"""Ids, and words of our own."""
OURS = {("LinkMoved", "cause"), ("IncidentAssigned", "to")}
"""A cause from a list, and a user name."""


@pytest.mark.parametrize("kind", get_args(AnyEvent), ids=lambda kind: kind.__name__)
def test_every_text_of_an_event_is_a_code_or_somebodys_own_words(kind: type[events.Event]) -> None:
    private = OWN_WORDS.get(kind, ())
    for name, hint in typing.get_type_hints(kind).items():
        if name.startswith("__") or str not in (hint, *get_args(hint)) or not isinstance(hint, type | types.UnionType):
            continue
        stated = name in CODES or (kind.__name__, name) in OURS
        assert stated is not (name in private), (
            f"state in bridge.rules.private whether {kind.__name__}.{name} is private"
        )


def test_an_event_without_words_has_none() -> None:
    assert own_words(events.FaultReported(point="00004-01", fault=Fault.NO_SOUND)) == {}
    said = events.IncidentNoted(incident=1, note="Chị Hoa gọi")
    assert own_words(said) == {"note": "Chị Hoa gọi"}


def test_words_are_taken_out_of_whatever_holds_them_and_nothing_else_moves() -> None:
    class Held(msgspec.Struct, frozen=True):
        notes: tuple[str, ...]
        by: dict[str, str]
        number: int = 1

    held = Held(("Chị Hoa gọi", "khác"), {"a": "Chị Hoa gọi"})
    news = deque([held, "Chị Hoa gọi"], maxlen=3)
    after = scrubbed(news, frozenset({"Chị Hoa gọi"}))
    assert after == deque([Held((ERASED, "khác"), {"a": ERASED}), ERASED])
    assert after.maxlen == 3
    assert scrubbed(held, frozenset({"nobody's"})) is held
