"""Who of the staff there is to give something to, and who of them answers the phone now."""

from datetime import datetime

from bridge.clock import Clock
from bridge.edges.takers import Colleague
from endpoints_registry.conferences import HANOI
from endpoints_registry.registry import Registry
from endpoints_registry.vietnamese import person_key, proper


class RegistryColleagues:
    """Asked when an incident is given away, answered from the accounts and the duty roster."""

    def __init__(self, registry: Registry, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock

    async def __call__(self, conference: str) -> list[Colleague]:
        """Everybody who may come in, by name in Vietnamese order."""
        now = datetime.fromtimestamp(self._clock.now() / 1000, HANOI)
        roster = self._registry.holdings.duty.get(conference, ())
        # The roster is a list of people and numbers, as a city keeps it; whoever has an account is known there by name.
        answering = {_plain(shift.name) for shift in roster if shift.starts_at <= now < shift.ends_at}
        found = [
            Colleague(caller, self._registry.scope_name(account.scope), _plain(account.name) in answering)
            for account, caller in await self._registry.holders()
        ]
        return sorted(found, key=lambda each: person_key(each.who.shown))


def _plain(name: str) -> str:
    return proper(name).casefold()
