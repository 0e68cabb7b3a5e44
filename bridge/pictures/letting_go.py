"""Photos show people: they go when the names of their conference go."""

import structlog

from bridge.archive import Archive, Kind
from endpoints_registry.registry import Registry
from endpoints_registry.retention import over

log = structlog.get_logger("photos")


async def purge(registry: Registry, archive: Archive, keep_days: int) -> int:
    """Let go the pictures of conferences that ended so long ago, or as long as one says itself; how many there were."""
    gone = 0
    for conference in await over(registry, keep_days):
        for label in await archive.listed(conference, Kind.PHOTO):
            gone += await archive.forget(conference, Kind.PHOTO, label.number)
    if gone:
        log.info("photos-purged", photos=gone)
    return gone
