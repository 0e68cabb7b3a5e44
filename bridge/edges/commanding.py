"""What the staff ask of the street: on disk when it is answered, refused for ever, or unknown."""

from bridge.batch import Judge
from bridge.coordinator import Overloaded, Unavailable
from bridge.halls import Hall
from bridge.rules.refused import Refused
from endpoints_registry.access import Caller
from endpoints_registry.door import Problem


async def commanded(hall: Hall, judge: Judge, caller: Caller) -> None:
    """Carry it out in the caller's name, or raise the Problem that they are told."""
    try:
        await tried(hall, judge, caller)
    except Refused as refused:
        raise Problem(409, refused.code, str(refused)) from refused


async def tried(hall: Hall, judge: Judge, caller: Caller) -> None:
    """As `commanded`, for whoever has more to say of a refusal. Raises Refused, or the Problem of what is unknown."""
    try:
        await hall.coordinator.command(judge, by=caller.name)
    except (Overloaded, Unavailable) as unknown:
        raise come_again() from unknown


async def once(hall: Hall, judge: Judge, caller: Caller, act: str) -> bool:
    """As `commanded`, for what may be sent again under its own id: False where it has happened already."""
    try:
        return await hall.coordinator.once(judge, caller.name, act)
    except Refused as refused:
        raise Problem(409, refused.code, str(refused)) from refused
    except (Overloaded, Unavailable) as unknown:
        raise come_again() from unknown


def come_again() -> Problem:
    """503: whether it was recorded is unknown."""
    # Nobody keeps it for them, as a hall's phone keeps its reports; and it may have been recorded after all.
    return Problem(
        503,
        "come_again",
        "Máy chủ chưa xác nhận được việc này; hãy xem lại đã ghi chưa, rồi thử lại sau ít giây.",
        headers={"Retry-After": "2"},
    )
