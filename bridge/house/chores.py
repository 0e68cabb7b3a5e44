"""What the house does every so often by the world's time."""

from datetime import timedelta

from bridge.archive import Archive
from bridge.clock import RealClock
from bridge.edges.chores import Chore
from bridge.house.parts import House
from bridge.pictures import letting_go
from bridge.settings import Settings
from endpoints_registry.registry import Registry
from endpoints_registry.retention import purge
from endpoints_registry.sweeping import sweep


def chores(settings: Settings, house: House) -> tuple[Chore, ...]:
    """Copies only where a folder is named for them, renewals only where there is something to renew."""
    registry, archive, backups, certificate = house.registry, house.archive, house.backups, house.certificate
    copies = [Chore("backup", backups.terms.every, backups.by_the_clock)] if backups.terms.folder else []
    renewals = [Chore("certificate", timedelta(minutes=1), certificate.by_the_clock)] if certificate else []
    return (
        *copies,
        *renewals,
        Chore("sweep", timedelta(hours=1), lambda: sweep(registry.store, registry.now(), registry.staff_lifetime)),
        Chore("stray-photos", timedelta(hours=1), house.photos.let_go_strays),
        Chore("purge-names", timedelta(days=1), lambda: _purged(registry, archive, settings.people.keep_days)),
        Chore("forget-old-post", timedelta(days=1), lambda: house.book.forget_old(RealClock().now())),
    )


async def _purged(registry: Registry, archive: Archive, keep_days: int) -> None:
    """What shows or names people goes when it is time."""
    # Photos first: how long a conference keeps its people is forgotten with their names.
    await letting_go.purge(registry, archive, keep_days)
    await purge(registry, keep_days)
