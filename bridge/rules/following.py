"""What follows by itself from what has just happened: decided in the same batch, recorded in the same transaction."""

from collections.abc import Sequence

from bridge.rules.events import AnyEvent, Happened
from bridge.rules.projection import Draft


def follow(draft: Draft, happened: Happened, now_ms: int) -> Sequence[tuple[AnyEvent, int]]:
    """Events with their effective times. `draft` holds what happened already; what follows may be followed itself."""
    return ()
