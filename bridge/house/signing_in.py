"""The city's own sign-in service, where somebody wishes for it."""

from collections.abc import Sequence
from typing import Protocol

from bridge.house.address import address
from bridge.settings import Settings
from endpoints_registry.door import Route
from endpoints_registry.registry import Registry


class CitySignIn(Protocol):
    """Its doors in this house."""

    def routes(self) -> Sequence[Route]: ...
    async def close(self) -> None: ...


def city_sign_in(settings: Settings, registry: Registry, port: int) -> CitySignIn | None:
    """The doors to the city's service, as `[oidc]` names it; None where it names none."""
    wished = settings.oidc
    if not wished.issuer:
        return None
    # An extra: only where somebody wants it must its package be there.
    from endpoints_registry.provider import Client
    from endpoints_registry.vouching import RETURN, vouching

    return vouching(
        registry,
        Client(
            issuer=wished.issuer,
            id=wished.client_id,
            secret=wished.client_secret.get_secret_value(),
            scopes=wished.scopes,
            claim=wished.claim,
            acrs=wished.second_factor_acr,
            returns_to=f"{address(settings, port)}{RETURN}",
        ),
    )
