"""An event as the journal keeps it, and what a row of the journal says happened."""

import msgspec

from bridge.journal import Record, Text
from bridge.journal.texts import kept_apart
from bridge.rules import events
from bridge.rules.events import AnyEvent, Happened
from bridge.rules.private import own_words


def happened_in(record: Record) -> Happened:
    return happened(events.decode(record.body), record)


def happened(event: AnyEvent, record: Record) -> Happened:
    """The event with what its row says of it: both times in milliseconds, by whom, and the act that it came of."""
    return Happened(
        event=event,
        at_ms=record.at_ms,
        received_ms=record.received_ms,
        by=record.by,
        act=record.act,
        device=record.device,
    )


def written(event: AnyEvent) -> tuple[bytes, tuple[Text, ...]]:
    """The body of an event, and what somebody said in their own words, which is kept beside it."""
    said = own_words(event)
    if not said:
        return events.encode(event), ()
    apart = {name: kept_apart(text) for name, text in said.items()}
    marked = msgspec.structs.replace(event, **{name: mark for name, (mark, _) in apart.items()})
    return events.encode(marked), tuple(text for _, text in apart.values())


def recorded(event: AnyEvent, at_ms: int, received_ms: int, by: str) -> Record:
    """A record of what came of no act: what the staff, the clock or a line brought about. Both times in milliseconds."""
    body, texts = written(event)
    return Record(
        at_ms=at_ms,
        received_ms=received_ms,
        by=by,
        kind=events.tag(event),
        point=event.point if isinstance(event, events.PointEvent) else None,
        body=body,
        texts=texts,
    )
