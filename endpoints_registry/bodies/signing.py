"""Signing in, and one's own keys: password, second factor, browsers, API tokens."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from endpoints_registry.access import Role
from endpoints_registry.bodies import NO_CONTROLS, Asked, Code, Moment, Told


class SignInBody(Asked):
    username: Annotated[str, NO_CONTROLS] = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=200)
    otp: str = Field("", max_length=40)
    """The six digits that the phone shows, or a recovery code."""
    new_password: str = Field("", max_length=200)
    """In place of a one-time password."""


class LinkBody(Asked):
    secret: str = Field(min_length=1, max_length=200)
    device: Annotated[str, NO_CONTROLS] = Field(min_length=1, max_length=80)
    pin: str = Field("", max_length=20)
    """Where the point has one."""


class User(Told):
    username: str
    name: str
    role: str


class OwnUnit(Told):
    code: str
    name: str


class SessionAnswer(Told):
    csrf: str
    user: User
    units: list[OwnUnit] = Field([])
    """The units whose subtrees are theirs, in Vietnamese order; a cluster has several, who holds everything none."""
    may: list[str] = Field([])
    """Every action that the role may do somewhere: pages hide what the gate would refuse."""
    appoints: list[str] = Field([])
    """Roles of the accounts that are theirs to make."""
    lends: list[str] = Field([])
    """Roles that an API token of theirs may have."""
    recovery_codes: list[str] = Field([])
    """Of a second factor that this sign-in has confirmed; they are shown once."""


class PasswordBody(Asked):
    password: str = Field(min_length=1, max_length=200)
    new_password: str = Field(min_length=1, max_length=200)


class ProofBody(Asked):
    password: str = Field(min_length=1, max_length=200)


class CodeBody(Asked):
    otp: str = Field(min_length=1, max_length=40)


class RemovalBody(Asked):
    password: str = Field(min_length=1, max_length=200)
    otp: str = Field(min_length=1, max_length=40)


class ApiTokenBody(Asked):
    name: Annotated[str, NO_CONTROLS] = Field(min_length=1, max_length=100)
    """Which program it is for."""
    role: Role
    scope: Code | None = None
    expires_at: AwareDatetime


class TokensQuery(Asked):
    username: str | None = Field(None, max_length=64)
    """Mine if not given."""


class ApiTokenTold(Told):
    id: int
    name: str
    prefix: str
    username: str
    role: str
    scope: str | None
    created_at: Moment
    expires_at: Moment
    used_at: Moment | None


class ApiTokensAnswer(Told):
    tokens: list[ApiTokenTold]


class NewApiTokenAnswer(ApiTokenTold):
    token: str
    """It is shown once."""


class FactorAnswer(Told):
    enrolled: bool
    required: bool
    """Whether this role comes in with a second factor only."""
    recovery_left: int


class EnrolmentAnswer(Told):
    secret: str
    uri: str
    qr: str
    """A data URI of SVG."""


class CodesAnswer(Told):
    recovery_codes: list[str]


class SessionsQuery(Asked):
    username: str | None = Field(None, max_length=64)
    """Mine if not given."""


class SessionTold(Told):
    id: str
    username: str
    name: str
    address: str
    browser: str
    created_at: Moment
    seen_at: Moment
    current: bool


class SessionsAnswer(Told):
    sessions: list[SessionTold]


class LinkAnswer(Told):
    csrf: str
    code: str
