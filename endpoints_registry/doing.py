"""On whose word something is being done: who asks, from where, and why."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

REASON_HEADER = "Bridge-Reason"
"""Any request that changes something may say why: text, percent-encoded."""
REASON_LETTERS = 500


@dataclass(frozen=True, slots=True)
class Doer:
    """`name` as the journal keeps it (`user:ann`, `point:00004-01`); "" for somebody who has not signed in."""

    name: str
    address: str = ""
    reason: str = ""
    forgets: bool = False
    """What goes is not kept in the audit log either, but for its digest."""


NOBODY = Doer("system")
"""What the house does by itself."""
FORGETTING = Doer("system", forgets=True)
"""What was kept long enough is purged."""
AT_THE_MACHINE = Doer("command-line")

_doer: ContextVar[Doer | Callable[[], Doer]] = ContextVar("doer", default=NOBODY)


def doer() -> Doer:
    """Of what is being done now, in this task."""
    who = _doer.get()
    return who if isinstance(who, Doer) else who()


def forgetting() -> Doer:
    """Who does what is being done now, and wants that nothing is kept of it that was private."""
    return replace(doer(), forgets=True)


def doing(find: Callable[[], Doer]) -> None:
    """Everything from here to the end of this task; who it is is found out when somebody asks, for most writes no one does."""
    _doer.set(find)


@contextmanager
def done_by(who: Doer) -> Iterator[None]:
    before = _doer.set(who)
    try:
        yield
    finally:
        _doer.reset(before)
