"""When the process looks for circular rubbish: seldom while it serves, not at all while it makes many values at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def for_days() -> Iterator[None]:
    """A process that has opened its one house and now serves for long; whose process it is says so, not the house."""
    # What was built so far stays: the collector need not walk it again at every connection.
    gc.collect()
    gc.freeze()
    before = gc.get_threshold()
    # The street makes many short-lived objects and no cycles to speak of: looking for them after every 700 objects took a
    # fifth of the processor with 800 rooms connected.
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def uncollected() -> Iterator[None]:
    """Make a great many values in one go, none of them in circles, without the collector walking all of them again and
    again meanwhile: each walk is some tenths of a second in which no hall is heard."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
