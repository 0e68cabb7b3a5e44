"""Whom a command asks: the server that runs on these files, or the files themselves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bridge.control import servers_office
from bridge.house.stores import opened_registry
from bridge.office import Office, OwnOffice
from bridge.settings import Settings
from endpoints_registry.doing import AT_THE_MACHINE, done_by


@asynccontextmanager
async def office(settings: Settings) -> AsyncIterator[Office]:
    """Raises NotDone, Unusable."""
    async with servers_office(settings.storage.folder) as there:
        if there is not None:
            yield there
            return
        with done_by(AT_THE_MACHINE):
            async with opened_registry(settings) as registry:
                yield OwnOffice(registry)
