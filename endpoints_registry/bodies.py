"""What the registry's addresses take and give, as JSON."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

from endpoints_registry.access import Role
from endpoints_registry.conferences import (
    HANOI,
    Choice,
    Conference,
    Hotline,
    Round,
    Sitting,
    planned,
    sitting_id,
    usual_name,
    usual_rounds,
)

Moment = Annotated[
    datetime, PlainSerializer(lambda at: at.astimezone(HANOI).isoformat(timespec="milliseconds"), return_type=str)
]
"""RFC 3339 with +07:00."""
Code = Annotated[str, Field(min_length=1, max_length=20)]
_NO_CONTROLS = Field(pattern=r"^[^\x00-\x1f\x7f]*$")
"""What is kept or shown as a line: no NUL, which PostgreSQL does not keep, and nothing that moves a terminal."""


def _of_hanoi(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("giờ ghi theo Hà Nội, không kèm múi giờ")
    return at


Hour = Annotated[time, AfterValidator(_of_hanoi)]
"""An hour of the day in Hà Nội."""


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


# --- signing in


class SignInBody(_Asked):
    username: Annotated[str, _NO_CONTROLS] = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=200)
    otp: str = Field("", max_length=40)
    """The six digits that the phone shows, or a recovery code."""
    new_password: str = Field("", max_length=200)
    """In place of a one-time password."""


class LinkBody(_Asked):
    secret: str = Field(min_length=1, max_length=200)
    device: Annotated[str, _NO_CONTROLS] = Field(min_length=1, max_length=80)
    pin: str = Field("", max_length=20)
    """Where the point has one."""


class User(_Told):
    username: str
    name: str
    role: str


class OwnUnit(_Told):
    code: str
    name: str


class SessionAnswer(_Told):
    csrf: str
    user: User
    units: list[OwnUnit] = []
    """The units whose subtrees are theirs, in Vietnamese order; a cluster has several, who holds everything none."""
    may: list[str] = []
    """Every action that the role may do somewhere: pages hide what the gate would refuse."""
    appoints: list[str] = []
    """Roles of the accounts that are theirs to make."""
    lends: list[str] = []
    """Roles that an API token of theirs may have."""
    recovery_codes: list[str] = []
    """Of a second factor that this sign-in has confirmed; they are shown once."""


class PasswordBody(_Asked):
    password: str = Field(min_length=1, max_length=200)
    new_password: str = Field(min_length=1, max_length=200)


class ProofBody(_Asked):
    password: str = Field(min_length=1, max_length=200)


class CodeBody(_Asked):
    otp: str = Field(min_length=1, max_length=40)


class RemovalBody(_Asked):
    password: str = Field(min_length=1, max_length=200)
    otp: str = Field(min_length=1, max_length=40)


class ApiTokenBody(_Asked):
    name: Annotated[str, _NO_CONTROLS] = Field(min_length=1, max_length=100)
    """Which program it is for."""
    role: Role
    scope: Code | None = None
    expires_at: AwareDatetime


class TokensQuery(_Asked):
    username: str | None = Field(None, max_length=64)
    """Mine if not given."""


class ApiTokenTold(_Told):
    id: int
    name: str
    prefix: str
    username: str
    role: str
    scope: str | None
    created_at: Moment
    expires_at: Moment
    used_at: Moment | None


class ApiTokensAnswer(_Told):
    tokens: list[ApiTokenTold]


class NewApiTokenAnswer(ApiTokenTold):
    token: str
    """It is shown once."""


class FactorAnswer(_Told):
    enrolled: bool
    required: bool
    """Whether this role comes in with a second factor only."""
    recovery_left: int


class EnrolmentAnswer(_Told):
    secret: str
    uri: str
    qr: str
    """A data URI of SVG."""


class CodesAnswer(_Told):
    recovery_codes: list[str]


class SessionsQuery(_Asked):
    username: str | None = Field(None, max_length=64)
    """Mine if not given."""


class SessionTold(_Told):
    id: str
    username: str
    name: str
    address: str
    browser: str
    created_at: Moment
    seen_at: Moment
    current: bool


class SessionsAnswer(_Told):
    sessions: list[SessionTold]


class LinkAnswer(_Told):
    csrf: str
    code: str


# --- looking things up


class Page(_Asked):
    q: str = Field("", max_length=200)
    """Accent-free search."""
    page: int = Field(1, ge=1, le=100_000)
    per_page: int = Field(50, ge=1, le=1_000)
    day: date | None = None
    """The day on which codes resolve; today if not given."""


class UnitsQuery(Page):
    parent: str | None = Field(None, max_length=16)
    level: str | None = Field(None, max_length=20)


class PointsQuery(Page):
    unit: str | None = Field(None, max_length=16)
    """Only points of this unit and of those below it."""
    type: str | None = Field(None, max_length=20)


class DayQuery(_Asked):
    day: date | None = None


class UnitTold(_Told):
    code: str
    name: str
    level: str
    parent: str | None
    parent_name: str
    valid_from: date | None
    valid_to: date | None


class UnitsAnswer(_Told):
    units: list[UnitTold]
    total: int
    next_page: int | None


class ContactTold(_Told):
    role: str
    name: str
    phone: str


class PointTold(_Told):
    code: str
    name: str
    unit: str
    unit_name: str
    parent_name: str
    type: str
    mode: str
    address: str
    seats: int | None
    area: str
    provider: str
    feeder: str
    contacts: list[ContactTold] | None
    """None for those who may not see names."""


class PointsAnswer(_Told):
    points: list[PointTold]
    total: int
    next_page: int | None


class ConferenceLine(_Told):
    id: str
    title: str
    phase: str
    version: int
    unit: str
    starts_at: Moment
    ends_at: Moment
    points: int


class ConferencesAnswer(_Told):
    conferences: list[ConferenceLine]


class RoundTold(_Told):
    round: str
    opens_at: Moment
    due_at: Moment


class SittingTold(_Told):
    id: str
    name: str
    rehearsal: bool
    starts_at: Moment
    ends_at: Moment
    rounds: list[RoundTold]


class HotlineTold(_Told):
    name: str
    phone: str


class ConferenceAnswer(ConferenceLine):
    origin: str
    mode: str
    names: bool
    """Whether it keeps a roster of people; without one nothing about a person is stored."""
    hotline: HotlineTold
    sittings: list[SittingTold]


# --- making a conference


class RoundBody(_Asked):
    round: Literal["opening", "middle", "closing"]
    opens_at: AwareDatetime
    due_at: AwareDatetime


class SittingBody(_Asked):
    """Hours are Hà Nội's. Without rounds, the usual three."""

    day: date
    starts_at: Hour
    ends_at: Hour
    name: Annotated[str, _NO_CONTROLS] = Field("", max_length=200)
    rehearsal: bool = False
    rounds: list[RoundBody] | None = Field(None, min_length=1, max_length=3)

    def sitting(self) -> Sitting:
        id = sitting_id(self.day, self.starts_at)
        starts_at = datetime.combine(self.day, self.starts_at, HANOI)
        ends_at = datetime.combine(self.day, self.ends_at, HANOI)
        rounds = (
            usual_rounds(starts_at, ends_at)
            if self.rounds is None
            else tuple(Round(each.round, each.opens_at, each.due_at) for each in self.rounds)
        )
        name = self.name or usual_name(id, self.day, self.rehearsal)
        return Sitting(id, name, self.day, starts_at, ends_at, self.rehearsal, rounds)


class HotlineBody(_Asked):
    name: Annotated[str, _NO_CONTROLS] = Field("", max_length=200)
    phone: Annotated[str, _NO_CONTROLS] = Field("", max_length=40)


class ChoiceBody(_Asked):
    """The rule by which points are chosen; an empty part leaves all in, `but` takes points or whole units out."""

    under: frozenset[Code] = frozenset()
    types: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    codes: frozenset[Code] = frozenset()
    but: frozenset[Code] = frozenset()

    def choice(self) -> Choice:
        return Choice(self.under, self.types, self.levels, self.codes, self.but)


class ConferenceBody(_Asked):
    id: str = Field(min_length=1, max_length=64)
    title: Annotated[str, _NO_CONTROLS] = Field(min_length=1, max_length=500)
    unit: Code
    """The unit that gathers: the root of the conference's tree."""
    origin: Literal["central", "city"] = "city"
    mode: Literal["online", "hybrid"] = "hybrid"
    hotline: HotlineBody = HotlineBody()
    sittings: list[SittingBody] = Field(min_length=1, max_length=60)
    points: ChoiceBody = ChoiceBody()
    expected: Mapping[str, Mapping[str, Annotated[int, Field(ge=0, le=100_000)]]] = {}
    """People summoned, by sitting and point."""

    def conference(self) -> Conference:
        """Raises conferences.Impossible."""
        hotline = Hotline(self.hotline.name, self.hotline.phone)
        sittings = [each.sitting() for each in self.sittings]
        return planned(self.id, self.title, self.origin, self.mode, self.unit, hotline, sittings)


class ConferenceMade(_Told):
    id: str
    points: int
    sittings: list[str]


# --- accounts and clusters


class AccountsQuery(_Asked):
    q: str = Field("", max_length=200)
    """In the name or the user name, without accents."""
    role: Role | None = None
    scope: str | None = Field(None, max_length=16)
    disabled: bool | None = None
    page: int = Field(1, ge=1, le=100_000)
    per_page: int = Field(50, ge=1, le=1_000)


class AccountBody(_Asked):
    username: Annotated[str, _NO_CONTROLS] = Field(min_length=1, max_length=64)
    name: Annotated[str, _NO_CONTROLS] = Field(min_length=1, max_length=200)
    role: Role
    scope: Code | None = None
    """A unit's or a cluster's code; none for those who hold everything."""


class AccountChange(_Asked):
    """What is not named stays as it is."""

    name: Annotated[str, _NO_CONTROLS] | None = Field(None, min_length=1, max_length=200)
    role: Role | None = None
    scope: Code | None = None
    disabled: bool | None = None


class AccountTold(_Told):
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


class AccountsAnswer(_Told):
    accounts: list[AccountTold]
    total: int
    next_page: int | None


class GivenAnswer(_Told):
    account: AccountTold
    password: str
    """For the first sign-in only; it is shown once."""


class GivenQuery(_Asked):
    format: Literal["xlsx", "csv"] = "xlsx"


class HireTold(_Told):
    username: str
    name: str
    role: str
    scope: str | None


class HiringAnswer(_Told):
    accounts: list[HireTold]
    new: int
    errors: list["FaultTold"]
    errors_left_out: int


class ClusterBody(_Asked):
    name: Annotated[str, _NO_CONTROLS] = Field(min_length=1, max_length=300)
    units: list[Code] = Field(max_length=5_000)


class NewClusterBody(ClusterBody):
    code: str | None = Field(None, pattern=r"^C-[0-9]{2,5}$")
    """The next free one if not given."""


class ClusterUnitTold(_Told):
    code: str
    name: str
    parent_name: str


class ClusterTold(_Told):
    code: str
    name: str
    units: list[ClusterUnitTold]
    accounts: int


class ClustersAnswer(_Told):
    clusters: list[ClusterTold]


# --- links and tokens


class PointsBody(_Asked):
    """Points by their codes, all of a unit and below, or all that are the caller's."""

    points: list[Code] = Field([], max_length=5_000)
    unit: str | None = Field(None, max_length=16)
    all: bool = False


class PinBody(_Asked):
    pin: str = Field(min_length=1, max_length=20)
    """Four to eight digits."""


class LinksQuery(_Asked):
    q: str = Field("", max_length=200)
    """Accent-free search."""
    unit: str | None = Field(None, max_length=16)
    page: int = Field(1, ge=1, le=100_000)
    per_page: int = Field(50, ge=1, le=1_000)


class LinkLine(_Told):
    code: str
    name: str
    parent_name: str
    handle: str | None
    """None where no link opens the point now."""
    created_at: Moment | None
    phones: int
    pin: bool
    token: bool
    """Whether the room's machine has one."""


class LinkLinesAnswer(_Told):
    links: list[LinkLine]
    total: int
    linked: int
    """So many of them have a link, on so many phones."""
    phones: int
    next_page: int | None


class LinkTold(_Told):
    code: str
    name: str
    path: str
    """What follows the server's address: it is shown once."""
    url: str
    qr: str | None
    """The whole address as a data URI of SVG, where one was asked for alone; many are printed as a sheet."""


class LinksAnswer(_Told):
    links: list[LinkTold]


class PhoneTold(_Told):
    device: str
    since: Moment


class PhonesAnswer(_Told):
    phones: list[PhoneTold]
    """On which the point's link is open, the newest first."""


class TokenTold(_Told):
    code: str
    name: str
    token: str


class TokensAnswer(_Told):
    tokens: list[TokenTold]


# --- screens on walls

ViewName = Literal["numbers", "units", "tiles", "attention"]
Theme = Literal["dark", "light", "hour"]
"""`hour`: light by day and dark by night, by the hall's clock."""


class ViewSeconds(_Asked):
    """One of the views that take turns, and for how long it stays."""

    view: ViewName
    seconds: int = Field(20, ge=5, le=3_600)

    @classmethod
    def of(cls, kept: str) -> "ViewSeconds":
        view, _, seconds = kept.partition(":")
        return cls.model_validate({"view": view, "seconds": int(seconds)})


class WallBody(_Asked):
    name: Annotated[str, _NO_CONTROLS] = Field(min_length=1, max_length=100)
    """Where it hangs."""
    unit: Code | None = None
    """Whose board it shows; everything if not given."""
    views: list[ViewSeconds] = Field(
        [ViewSeconds.of(each) for each in ("numbers:20", "units:20", "tiles:30", "attention:20")],
        min_length=1,
        max_length=8,
    )
    theme: Theme = "dark"


class WallSecretBody(_Asked):
    secret: str = Field(min_length=1, max_length=200)


class WallAnswer(_Told):
    """What a screen on a wall shows."""

    name: str
    unit: str | None
    unit_name: str
    views: list[ViewSeconds]
    theme: str


class WallLine(WallAnswer):
    handle: str
    created_at: Moment
    screens: int
    """On so many it is open."""
    seen_at: Moment | None


class WallLinesAnswer(_Told):
    walls: list[WallLine]


class WallMade(_Told):
    """Shown once: the secret is not kept."""

    handle: str
    path: str
    url: str


# --- files


class ImportQuery(_Asked):
    dry_run: bool = False
    day: date | None = None


class ExportQuery(_Asked):
    kind: Literal["units", "successors", "points", "expected"] | None = None
    """All kinds, one sheet each, if not given; a CSV file holds one."""
    format: Literal["xlsx", "csv"] = "xlsx"
    day: date | None = None


class FaultTold(_Told):
    sheet: str
    row: int
    column: str
    message: str


class Tally(_Told):
    new: int
    changed: int
    unchanged: int


class ChangeTold(_Told):
    kind: str
    key: str
    name: str
    new: bool
    altered: dict[str, list[str | int | None]]
    """Field: before and after."""


class ImportAnswer(_Told):
    dry_run: bool
    imported: bool
    tallies: dict[str, Tally]
    """By kind of table."""
    changes: list[ChangeTold]
    changes_left_out: int
    errors: list[FaultTold]
    errors_left_out: int
