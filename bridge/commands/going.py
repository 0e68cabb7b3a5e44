"""When a process is told to go."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def told_to_go() -> Iterator[asyncio.Event]:
    """Set by SIGTERM and Ctrl-C: from now on, and not only when everything stands."""
    going = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in SIGNALS:
        loop.add_signal_handler(each, going.set)
    try:
        yield going
    finally:
        for each in SIGNALS:
            loop.remove_signal_handler(each)
