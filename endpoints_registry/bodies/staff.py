"""The staff's accounts, and the clusters that they watch."""

from typing import Annotated, Literal

from pydantic import Field

from endpoints_registry.access import Role
from endpoints_registry.bodies import NO_CONTROLS, Asked, Code, Moment, Told
from endpoints_registry.bodies.files import FaultTold


class AccountsQuery(Asked):
    q: str = Field("", max_length=200)
    """In the name or the user name, without accents."""
    role: Role | None = None
    scope: str | None = Field(None, max_length=16)
    disabled: bool | None = None
    page: int = Field(1, ge=1, le=100_000)
    per_page: int = Field(50, ge=1, le=1_000)


class AccountBody(Asked):
    username: Annotated[str, NO_CONTROLS] = Field(min_length=1, max_length=64)
    name: Annotated[str, NO_CONTROLS] = Field(min_length=1, max_length=200)
    role: Role
    scope: Code | None = None
    """A unit's or a cluster's code; none for those who hold everything."""


class AccountChange(Asked):
    """What is not named stays as it is."""

    name: Annotated[str, NO_CONTROLS] | None = Field(None, min_length=1, max_length=200)
    role: Role | None = None
    scope: Code | None = None
    disabled: bool | None = None


class AccountTold(Told):
    username: str
    name: str
    role: str
    scope: str | None
    scope_name: str
    disabled: bool
    one_time: bool
    """The password is still the one that was given out."""
    otp: bool
    created_at: Moment
    seen_at: Moment | None
    sessions: int


class AccountsAnswer(Told):
    accounts: list[AccountTold]
    total: int
    next_page: int | None


class GivenAnswer(Told):
    account: AccountTold
    password: str
    """For the first sign-in only; it is shown once."""


class GivenQuery(Asked):
    format: Literal["xlsx", "csv"] = "xlsx"


class HireTold(Told):
    username: str
    name: str
    role: str
    scope: str | None


class HiringAnswer(Told):
    accounts: list[HireTold]
    new: int
    errors: list["FaultTold"]
    errors_left_out: int


class ClusterBody(Asked):
    name: Annotated[str, NO_CONTROLS] = Field(min_length=1, max_length=300)
    units: list[Code] = Field(max_length=5_000)


class NewClusterBody(ClusterBody):
    code: str | None = Field(None, pattern=r"^C-[0-9]{2,5}$")
    """The next free one if not given."""


class ClusterUnitTold(Told):
    code: str
    name: str
    parent_name: str


class ClusterTold(Told):
    code: str
    name: str
    units: list[ClusterUnitTold]
    accounts: int


class ClustersAnswer(Told):
    clusters: list[ClusterTold]
