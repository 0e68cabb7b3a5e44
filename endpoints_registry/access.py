"""Who may do what, and where: the one place that decides."""

from collections.abc import Collection, Mapping
from enum import StrEnum

import msgspec


class Role(StrEnum):
    ADMIN = "admin"
    ORGANISER = "organiser"
    COORDINATOR = "coordinator"
    OPERATOR = "operator"
    INSPECTOR = "inspector"
    VIEWER = "viewer"
    AGENT = "agent"
    """A room's machine: it may say that it is there, and nothing else."""
    WALL = "wall"
    """A screen on a wall: a viewer whom nobody sits before. It may watch the board, and open nothing else."""


class Action(StrEnum):
    WATCH = "watch"
    """The live board as it stands on a screen: conferences, figures, tiles, what goes wrong."""
    SEE_BOARD = "see_board"
    """What can be opened from there: lists, histories, the registry of points, reports."""
    SEE_NAMES = "see_names"
    """Names and phone numbers of people."""
    CONNECT = "connect"
    """Hold a room's line (`/ws/point`)."""
    ACT = "act"
    """Act for a point: stage, perceived, count, incident; by the operator, or by proxy."""
    SETTLE = "settle"
    """Expected numbers, reception mode, release of a quarantined figure."""
    CORRECT = "correct"
    """Other numbers for somebody's figure, before the close."""
    ASK_CORRECTION = "ask_correction"
    """After the close: ask for other numbers."""
    APPROVE = "approve"
    """Settle what was asked for; whose, says `APPROVED_BY`."""
    CHECK = "check"
    """Check the figures of a unit, hand them in, hand them back."""
    COORDINATE = "coordinate"
    """Notices, call sheet, incidents."""
    SPOT_CHECK = "spot_check"
    GOVERN = "govern"
    """Registry, import, freeze, phases, close, sign."""
    GRANT_LINKS = "grant_links"
    APPOINT = "appoint"
    """Accounts and clusters: whose accounts, says `APPOINTS`."""
    ADMINISTER = "administer"
    """Configuration, audit, backup."""


_EVERYONE = frozenset(Role) - {Role.AGENT, Role.WALL}

ALLOWED: Mapping[Action, frozenset[Role]] = {
    Action.WATCH: _EVERYONE | {Role.WALL},
    Action.SEE_BOARD: _EVERYONE,
    Action.SEE_NAMES: frozenset({Role.ADMIN, Role.ORGANISER, Role.COORDINATOR, Role.OPERATOR}),
    Action.CONNECT: frozenset({Role.OPERATOR, Role.AGENT}),
    Action.ACT: frozenset({Role.ORGANISER, Role.COORDINATOR, Role.OPERATOR}),
    Action.SETTLE: frozenset({Role.ORGANISER, Role.COORDINATOR}),
    Action.CORRECT: frozenset({Role.ORGANISER, Role.COORDINATOR}),
    Action.ASK_CORRECTION: frozenset({Role.ORGANISER, Role.COORDINATOR, Role.OPERATOR}),
    Action.APPROVE: frozenset({Role.ORGANISER, Role.COORDINATOR}),
    Action.CHECK: frozenset({Role.ORGANISER, Role.COORDINATOR}),
    Action.COORDINATE: frozenset({Role.ORGANISER, Role.COORDINATOR}),
    Action.SPOT_CHECK: frozenset({Role.ORGANISER, Role.COORDINATOR, Role.INSPECTOR}),
    Action.GOVERN: frozenset({Role.ORGANISER}),
    Action.GRANT_LINKS: frozenset({Role.ADMIN, Role.ORGANISER, Role.COORDINATOR}),
    Action.APPOINT: frozenset({Role.ADMIN, Role.ORGANISER}),
    Action.ADMINISTER: frozenset({Role.ADMIN}),
}
STAFF = frozenset({Role.ADMIN, Role.ORGANISER, Role.COORDINATOR, Role.INSPECTOR, Role.VIEWER})
"""Roles that an account may have."""
APPOINTS: Mapping[Role, frozenset[Role]] = {Role.ADMIN: STAFF, Role.ORGANISER: frozenset({Role.COORDINATOR})}
"""Whose accounts somebody of a role makes, changes and sees; to everybody else there are none."""


APPROVED_BY: Mapping[Role, frozenset[Role]] = {
    Role.OPERATOR: frozenset({Role.COORDINATOR, Role.ORGANISER}),
    Role.COORDINATOR: frozenset({Role.ORGANISER}),
    Role.ORGANISER: frozenset({Role.ORGANISER}),
}
"""Who stands one level above somebody who asks for a correction; at the top it is a second organiser."""


USER = "user:"
"""Before the user name of an account, where the journal and the audit log say who it was."""


class Caller(msgspec.Struct, frozen=True):
    """Somebody who has proved who they are."""

    name: str
    """The credential, as the journal keeps it: `user:ann`, `point:00004-01`, `agent:00004-01`, `wall:<handle>`."""
    role: Role
    everywhere: bool = False
    units: frozenset[str] = frozenset()
    """Codes of the units whose subtrees are theirs; empty for an operator."""
    point: str | None = None
    """The one point that an operator's link or a room's token is for."""
    shown: str = ""
    """How a person's screens call them."""
    via: str = ""
    """The prefix of the API token by which a program came in for its holder; empty for a person."""

    @property
    def username(self) -> str:
        """Of the account by which they came in; empty where it was a link or a room's token."""
        return self.name.removeprefix(USER) if self.name.startswith(USER) else ""

    @property
    def proxy(self) -> bool:
        """Whether what they do for a point is done for somebody else."""
        return self.point is None


def may(caller: Caller, action: Action, *, path: Collection[str] = (), point: str | None = None) -> bool:
    """Whether the caller may do this to the unit (or the point of the unit) that lies at the end of `path`.

    `path` holds unit codes from the root down. An operator's scope is one point, whatever the path.
    """
    return caller.role in ALLOWED[action] and covers(caller, path=path, point=point)


def covers(caller: Caller, *, path: Collection[str] = (), point: str | None = None) -> bool:
    """Whether the place lies within the caller's scope: what does not, does not exist for them."""
    if caller.point is not None:
        return caller.point == point
    return caller.everywhere or not caller.units.isdisjoint(path)


def approves(caller: Caller, asked_as: Role, asked_by: str) -> bool:
    """Whether the caller may approve what somebody of a role has asked for: one level up, and never their own."""
    return caller.role in APPROVED_BY.get(asked_as, frozenset()) and caller.name != asked_by


def answers_for(caller: Caller, username: str, role: Role) -> bool:
    """Whether the account is the caller's own, or one of those that they appoint."""
    return caller.username == username or role in APPOINTS.get(caller.role, ())


def lends(own: Role, role: Role) -> bool:
    """Whether somebody of a role may hand a program this other one: all that it may do, they may do themselves."""
    return role in STAFF and all(own in allowed for allowed in ALLOWED.values() if role in allowed)
