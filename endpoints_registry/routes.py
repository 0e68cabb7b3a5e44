"""Every address of the registry under /api/v1, door by door."""

from endpoints_registry.attending import Attending
from endpoints_registry.clusters import Clusters
from endpoints_registry.conferences import Standing
from endpoints_registry.door import Route
from endpoints_registry.duty import Duty
from endpoints_registry.enrolling import Enrolling
from endpoints_registry.filing import Filing
from endpoints_registry.granting import Granting
from endpoints_registry.hanging import Hanging
from endpoints_registry.joining import Joining
from endpoints_registry.lending import Lending
from endpoints_registry.looking import Looking
from endpoints_registry.making import Making
from endpoints_registry.registry import Registry
from endpoints_registry.sessions import Sessions
from endpoints_registry.signing import Signing
from endpoints_registry.staffing import Staffing
from endpoints_registry.welcoming import Meets, Welcoming, newest_with_names


def still_a_draft(_conference: str) -> tuple[str, int]:
    return "draft", 0


def routes(
    registry: Registry,
    standing: Standing = still_a_draft,
    meets: Meets | None = None,
    origin: str = "",
) -> list[Route]:
    """Every address of the registry.

    `standing` tells a conference's phase, `meets` which conference a point is in now, `origin` the address under which the
    world reaches us (the request's own, if not given).
    """
    return [
        *Signing(registry).routes(),
        *Looking(registry, standing).routes(),
        *Making(registry).routes(),
        *Filing(registry).routes(),
        *Attending(registry, standing).routes(),
        *Welcoming(registry, meets or newest_with_names(registry), origin).routes(),
        *Duty(registry).routes(),
        *Staffing(registry).routes(),
        *Clusters(registry).routes(),
        *Sessions(registry).routes(),
        *Enrolling(registry).routes(),
        *Lending(registry).routes(),
        *Granting(registry, origin).routes(),
        *Hanging(registry, origin).routes(),
        *Joining(registry).routes(),
    ]
