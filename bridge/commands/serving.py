"""The server as a process: it opens the house, and closes it when it is told to go."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from bridge.certificate import Certificate
from bridge.commands.going import told_to_go
from bridge.house import opened_house
from bridge.house.stores import opened_stores
from bridge.settings import Settings
from endpoints_registry.collecting import for_days


async def serve(settings: Settings) -> None:
    """Until SIGTERM or Ctrl-C. Raises Unusable when the house cannot be opened, or a part of it fails."""
    with told_to_go() as going:
        async with opened_house(settings) as house:
            with told_to_renew(house.certificate), for_days():
                await going.wait()


@contextmanager
def told_to_renew(certificate: Certificate | None) -> Iterator[None]:
    """SIGHUP reads the certificate again; without one it means what it always does."""
    if certificate is None:
        yield
        return
    loop = asyncio.get_running_loop()
    renewing: set[asyncio.Task[str]] = set()

    def renew() -> None:
        task = loop.create_task(certificate.renew())
        renewing.add(task)
        task.add_done_callback(renewing.discard)

    loop.add_signal_handler(signal.SIGHUP, renew)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


async def migrate(settings: Settings) -> None:
    """Every store to the newest schema. Raises Unusable."""
    async with opened_stores(settings):
        pass
