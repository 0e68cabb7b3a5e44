"""What people write in their own words: it may name somebody, so it can be taken out again without touching what happened."""

from collections import deque
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from bridge.rules import events
from bridge.rules.acts import AnyAct, words
from bridge.rules.events import AnyEvent, Event

OWN_WORDS: Mapping[type[Event], tuple[str, ...]] = {
    events.FigureCorrected: ("reason",),
    events.ModeChanged: ("reason",),
    events.ExpectedChanged: ("reason",),
    events.FaultReported: ("note",),
    events.IncidentOpened: ("note",),
    events.IncidentJoined: ("note",),
    events.IncidentNoted: ("note",),
    events.IncidentExplained: ("cause",),
    events.IncidentEscalated: ("why",),
    events.IncidentResolved: ("note",),
    events.IncidentReopened: ("reason",),
    events.CallEnded: ("note",),
    events.NoticePosted: ("text",),
    events.FiguresReturned: ("reason",),
    events.UnitReturned: ("reason",),
    events.CorrectionAsked: ("reason",),
    events.CorrectionApproved: ("reason",),
    events.CorrectionRefused: ("reason",),
    events.ActKept: ("said",),
    events.SourceGiven: ("note",),
    events.DifferenceSettled: ("reason",),
    events.JudgementChanged: ("reason",),
}
"""Of every other event each text is a code, or the name of a place."""
ERASED = "(đã xóa)"
"""What stands where somebody's words were; in the journal too."""

Value = TypeVar("Value")


def own_words(event: AnyEvent) -> dict[str, str]:
    """The fields of an event that hold somebody's words; most events have none."""
    fields = OWN_WORDS.get(type(event))
    return {name: said for name in fields if (said := getattr(event, name))} if fields else {}


def same_words(act: AnyAct, event: AnyEvent) -> bool:
    """Whether what somebody wrote with an act is what its event keeps; what nobody keeps any more was the same."""
    said = words(act)
    if said is None:
        return True
    if isinstance(event, events.ActKept):
        return event.said == ERASED or said in msgspec.json.decode(event.said).values()
    fields = OWN_WORDS.get(type(event), ())
    kept = [getattr(event, name) for name in fields]
    return not kept or said in kept or ERASED in kept


def scrubbed(value: Value, gone: frozenset[str]) -> Value:
    """The same with ERASED in the place of these texts, wherever in it they stand."""
    if isinstance(value, str):
        return ERASED if value in gone else value  # type: ignore[return-value]
    if isinstance(value, msgspec.Struct):
        before = {name: getattr(value, name) for name in value.__struct_fields__}
        after = {name: scrubbed(each, gone) for name, each in before.items()}
        changed = {name: each for name, each in after.items() if each is not before[name]}
        return msgspec.structs.replace(value, **changed) if changed else value
    if isinstance(value, tuple | list | deque):
        rest = [scrubbed(each, gone) for each in value]
        if all(one is other for one, other in zip(rest, value, strict=True)):
            return value
        return deque(rest, value.maxlen) if isinstance(value, deque) else type(value)(rest)  # type: ignore[return-value]
    if isinstance(value, dict):
        kept = {key: scrubbed(each, gone) for key, each in value.items()}
        return kept if any(kept[key] is not value[key] for key in kept) else value  # type: ignore[return-value]
    return value
