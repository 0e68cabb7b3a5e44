"""What the staff may do about an incident, as it is sent, and the rule that each of it asks."""

from typing import Annotated, Literal, assert_never

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel

from bridge.edges.wording import line
from bridge.rules import mending
from bridge.rules.projection import Draft
from bridge.rules.showing import Covers
from endpoints_registry.access import Caller

NOTE_LIMIT, CAUSE_LIMIT = 500, 200

Note = Annotated[str, Field(max_length=NOTE_LIMIT), AfterValidator(line)]
Said = Annotated[str, Field(min_length=1, max_length=NOTE_LIMIT), AfterValidator(line)]
Cause = Annotated[str, Field(min_length=1, max_length=CAUSE_LIMIT), AfterValidator(line)]


class _Deed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Acknowledge(_Deed):
    """I take it in hand."""

    do: Literal["acknowledge"]


class Assign(_Deed):
    """It is given to somebody, by user name."""

    do: Literal["assign"]
    to: str = Field(min_length=1, max_length=64)


class WriteNote(_Deed):
    do: Literal["note"]
    note: Said


class Explain(_Deed):
    """Its cause is known."""

    do: Literal["explain"]
    cause: Cause


class Resolve(_Deed):
    """It is over."""

    do: Literal["resolve"]
    note: Note = ""


class Reopen(_Deed):
    """It is not over after all."""

    do: Literal["reopen"]
    reason: Said


class Escalate(_Deed):
    """The next ones are told."""

    do: Literal["escalate"]
    why: Said


Deed = Acknowledge | Assign | WriteNote | Explain | Resolve | Reopen | Escalate


class DeedBody(RootModel[Annotated[Deed, Field(discriminator="do")]]):
    """What the staff do about one incident."""


def decided(draft: Draft, number: int, deed: Deed, caller: Caller, theirs: Covers, now_ms: int) -> mending.Decided:
    """What follows from a deed about incident `number`; `theirs`: which halls are the caller's. Raises Refused."""
    match deed:
        case Acknowledge():
            return mending.acknowledge(draft, number, caller.username, now_ms)
        case Assign():
            return mending.assign(draft, number, deed.to.strip().lower(), theirs, now_ms)
        case WriteNote():
            return mending.note(draft, number, deed.note, now_ms)
        case Explain():
            return mending.explain(draft, number, deed.cause, theirs, now_ms)
        case Resolve():
            return mending.resolve(draft, number, deed.note, theirs, now_ms)
        case Reopen():
            return mending.reopen(draft, number, deed.reason, theirs, now_ms)
        case Escalate():
            return mending.escalate(draft, number, None, deed.why, now_ms)
        case _:
            assert_never(deed)
