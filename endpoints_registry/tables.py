"""What the registry keeps, table by table.

Dates are civil dates in Việt Nam; moments are UTC. Closed lists (levels, types, modes, roles) stand in `words`.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, MetaData, Table, UniqueConstraint
from sqlmodel import Field, SQLModel


class _Kept(SQLModel):
    # Named constraints, so that a later migration can speak of them on both databases.
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )


class Unit(_Kept, table=True):
    """A unit as it is called and placed between two dates. Its parent is a code, resolved on the same day."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("code", "valid_from"), Index(None, "parent_code"))

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=16)
    name: str = Field(max_length=300)
    level: str = Field(max_length=20)
    parent_code: str | None = Field(default=None, max_length=16)
    valid_from: date
    valid_to: date | None = None
    """The last day on which it stands."""


class Successor(_Kept, table=True):
    """From a day on, this unit's people belong there: several rows from one unit are a split, to one a merge."""

    __tablename__ = "successor"

    code: str = Field(max_length=16, primary_key=True)
    successor_code: str = Field(max_length=16, primary_key=True)
    on_day: date = Field(primary_key=True)


class Cluster(_Kept, table=True):
    """A work assignment (cụm), not an administrative unit: some units watched by the same coordinator."""

    __tablename__ = "cluster"

    code: str = Field(max_length=8, primary_key=True)
    name: str = Field(max_length=300)


class ClusterUnit(_Kept, table=True):
    __tablename__ = "cluster_unit"

    cluster_code: str = Field(foreign_key="cluster.code", max_length=8, primary_key=True)
    unit_code: str = Field(max_length=16, primary_key=True)


class Point(_Kept, table=True):
    """A bridge point. Its number is its own within the unit: `<unit code>-<nn>` is its code on the unit's days."""

    __tablename__ = "point"
    __table_args__ = (UniqueConstraint("unit_id", "number"), Index(None, "code"))

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    number: int
    code: str = Field(max_length=20)
    name: str = Field(max_length=300)
    type: str = Field(max_length=20)
    address: str = Field(default="", max_length=500)
    seats: int | None = None
    mode: str = Field(max_length=20)
    area: str = Field(default="", max_length=100)
    provider: str = Field(default="", max_length=100)
    feeder: str = Field(default="", max_length=100)


class Person(_Kept, table=True):
    """Who holds one of the four roles at a point."""

    __tablename__ = "person"

    point_id: int = Field(foreign_key="point.id", primary_key=True)
    role: str = Field(max_length=20, primary_key=True)
    name: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=40)


class Conference(_Kept, table=True):
    __tablename__ = "conference"

    id: str = Field(max_length=64, primary_key=True)
    title: str = Field(max_length=500)
    origin: str = Field(max_length=20)
    mode: str = Field(max_length=20)
    unit_code: str = Field(max_length=16)
    """The unit that gathers: the root of its tree."""
    hotline_name: str = Field(default="", max_length=200)
    hotline_phone: str = Field(default="", max_length=40)
    created_at: datetime


class Sitting(_Kept, table=True):
    __tablename__ = "sitting"

    conference_id: str = Field(foreign_key="conference.id", max_length=64, primary_key=True)
    id: str = Field(max_length=20, primary_key=True)
    name: str = Field(max_length=200)
    day: date
    starts_at: datetime
    ends_at: datetime
    rehearsal: bool = False


class Round(_Kept, table=True):
    __tablename__ = "round"

    conference_id: str = Field(foreign_key="conference.id", max_length=64, primary_key=True)
    sitting_id: str = Field(max_length=20, primary_key=True)
    name: str = Field(max_length=20, primary_key=True)
    opens_at: datetime
    due_at: datetime


class ChosenPoint(_Kept, table=True):
    """This point takes part in this conference."""

    __tablename__ = "chosen_point"

    conference_id: str = Field(foreign_key="conference.id", max_length=64, primary_key=True)
    point_id: int = Field(foreign_key="point.id", primary_key=True)


class Expected(_Kept, table=True):
    """How many are summoned to a point for a sitting, and how it receives there when not as usual."""

    __tablename__ = "expected"

    conference_id: str = Field(foreign_key="conference.id", max_length=64, primary_key=True)
    sitting_id: str = Field(max_length=20, primary_key=True)
    point_id: int = Field(foreign_key="point.id", primary_key=True)
    people: int | None = None
    mode: str | None = Field(default=None, max_length=20)


class KeptNames(_Kept, table=True):
    """This conference keeps people's names. Without its row there is no key for a badge, nor room for an attendee."""

    __tablename__ = "kept_names"

    conference_id: str = Field(foreign_key="conference.id", max_length=64, primary_key=True)
    key: bytes
    """Signs badges and the halls' codes; made at random, never leaves this table and memory."""
    revision: int
    """Grows with every change of the roster."""
    since: datetime
    keep_days: int | None = None
    """So many days after the conference they are purged; None: as many as the configuration says."""


class Attendee(_Kept, table=True):
    """Somebody summoned by name. `person` is a word drawn by lot, the only thing that the journal ever holds of them."""

    __tablename__ = "attendee"

    conference_id: str = Field(foreign_key="kept_names.conference_id", max_length=64, primary_key=True)
    person: str = Field(max_length=10, primary_key=True)
    point_id: int = Field(foreign_key="point.id")
    name: str = Field(max_length=300)
    position: str = Field(default="", max_length=300)
    category: str = Field(max_length=20)
    unit: str = Field(default="", max_length=300)
    own_code: str = Field(default="", max_length=40)


class DutyShift(_Kept, table=True):
    """Somebody answers the phone (ca trực) for a unit, a cluster or everybody, from one moment until another."""

    __tablename__ = "duty_shift"

    conference_id: str = Field(foreign_key="conference.id", max_length=64, primary_key=True)
    place: int = Field(primary_key=True)
    """In the order in which they are to be called."""
    name: str = Field(max_length=200)
    phone: str = Field(max_length=40)
    what: str = Field(default="", max_length=200)
    starts_at: datetime
    ends_at: datetime
    unit_code: str | None = Field(default=None, max_length=16)
    """A unit's or a cluster's code; nothing means everybody."""


class Account(_Kept, table=True):
    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("username"),)

    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(max_length=64)
    name: str = Field(max_length=200)
    role: str = Field(max_length=20)
    scope: str | None = Field(default=None, max_length=16)
    """A unit's or a cluster's code; nothing means everywhere."""
    password_hash: str = Field(max_length=200)
    created_at: datetime
    disabled_at: datetime | None = None
    given_at: datetime | None = None
    """When somebody else gave out the password that stands now: it opens nothing but the way to another one."""


class KnownBrowser(_Kept, table=True):
    """A browser in which somebody has signed in before: strangers' guesses do not keep it out."""

    __tablename__ = "known_browser"
    __table_args__ = (Index(None, "account_id"),)

    token_hash: str = Field(max_length=64, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    seen_at: datetime


class SecondFactor(_Kept, table=True):
    """What somebody's phone and we both know. Not a hash, as both must reckon with it."""

    __tablename__ = "second_factor"

    account_id: int = Field(foreign_key="account.id", primary_key=True)
    secret: str = Field(max_length=64)
    made_at: datetime
    confirmed_at: datetime | None = None
    """Until then nobody is asked for it."""
    step: int | None = None
    """The half minute of the last code that was taken: none of it or before is taken again."""


class RecoveryCode(_Kept, table=True):
    """A code for the day on which the phone is lost; it goes when it is used."""

    __tablename__ = "recovery_code"

    account_id: int = Field(foreign_key="account.id", primary_key=True)
    code_hash: str = Field(max_length=64, primary_key=True)


class ApiToken(_Kept, table=True):
    """By this a program comes in for an account's holder, with no more than they may do."""

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("token_hash"), UniqueConstraint("prefix"), Index(None, "account_id"))

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64)
    prefix: str = Field(max_length=16)
    """How it begins: no secret, and enough to tell tokens apart."""
    account_id: int = Field(foreign_key="account.id")
    name: str = Field(max_length=100)
    role: str = Field(max_length=20)
    scope: str | None = Field(default=None, max_length=16)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class StaffSession(_Kept, table=True):
    """One browser that somebody signed in with. Only the hash of its token is kept."""

    __tablename__ = "staff_session"
    __table_args__ = (Index(None, "account_id"),)

    token_hash: str = Field(max_length=64, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    created_at: datetime
    seen_at: datetime
    address: str = Field(default="", max_length=64)
    browser: str | None = Field(default=None, max_length=120)
    """As it calls itself."""


class Attempt(_Kept, table=True):
    """Somebody tried a password or a link; old rows are swept away."""

    __tablename__ = "attempt"
    __table_args__ = (Index(None, "subject", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(max_length=100)
    at: datetime


class PointLink(_Kept, table=True):
    """An operator's personal link: at most one that is not revoked per point."""

    __tablename__ = "point_link"
    __table_args__ = (Index(None, "point_id"),)

    handle: str = Field(max_length=32, primary_key=True)
    point_id: int = Field(foreign_key="point.id")
    secret_hash: str = Field(max_length=64)
    created_at: datetime
    revoked_at: datetime | None = None


class LinkSession(_Kept, table=True):
    """One phone that opened a link."""

    __tablename__ = "link_session"
    __table_args__ = (Index(None, "handle"),)

    token_hash: str = Field(max_length=64, primary_key=True)
    handle: str = Field(foreign_key="point_link.handle", max_length=32)
    device: str = Field(default="", max_length=64)
    created_at: datetime


PAIRED_FROM = 200
"""Letters of an address and of a browser's name."""


class Wall(_Kept, table=True):
    """A link by which a screen on a wall shows the board of a unit, or all of it."""

    __tablename__ = "wall"

    handle: str = Field(max_length=32, primary_key=True)
    name: str = Field(max_length=100)
    """Where it hangs."""
    unit_code: str | None = Field(default=None, max_length=16)
    """Whose board; nothing means everything."""
    views: str = Field(max_length=200)
    """What it shows in turn, and for how many seconds: `numbers:20 tiles:40`."""
    theme: str = Field(max_length=10)
    language: str = Field(default="vi", max_length=10, sa_column_kwargs={"server_default": "vi"})
    secret_hash: str = Field(max_length=64)
    created_at: datetime
    revoked_at: datetime | None = None
    paired_at: datetime | None = None
    """When somebody last let a screen in by the code that it showed."""
    paired_from: str | None = Field(default=None, max_length=PAIRED_FROM)
    """That screen: its address, and what its browser calls itself."""


class WallSession(_Kept, table=True):
    """One screen that opened a wall's link."""

    __tablename__ = "wall_session"
    __table_args__ = (Index(None, "handle"),)

    token_hash: str = Field(max_length=64, primary_key=True)
    handle: str = Field(foreign_key="wall.handle", max_length=32)
    created_at: datetime
    seen_at: datetime


class AgentToken(_Kept, table=True):
    """What a room's machine shows: at most one that is not revoked per point."""

    __tablename__ = "agent_token"
    __table_args__ = (Index(None, "point_id"),)

    token_hash: str = Field(max_length=64, primary_key=True)
    point_id: int = Field(foreign_key="point.id")
    created_at: datetime
    revoked_at: datetime | None = None


class PointPin(_Kept, table=True):
    """Digits that a phone is asked for beside the point's link."""

    __tablename__ = "point_pin"

    point_id: int = Field(foreign_key="point.id", primary_key=True)
    pin_hash: str = Field(max_length=200)
    set_at: datetime


class ReportTemplate(_Kept, table=True):
    """The office's own template for a form of report; its bytes are kept where reports are."""

    __tablename__ = "report_template"

    form: str = Field(max_length=20, primary_key=True)
    sha256: str = Field(max_length=64)
    size: int
    set_at: datetime


class Audited(_Kept, table=True):
    """One change of the registry, chained to all before it. Never changed, never deleted."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "done_by", "position"),)

    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    hash: bytes
    at_ms: int = Field(sa_type=BigInteger)
    done_by: str = Field(max_length=200)
    address: str = Field(max_length=64)
    reason: str = Field(max_length=65)
    """A mark: see `audit`."""
    action: str = Field(max_length=60)
    what: bytes


class AuditText(_Kept, table=True):
    """A private text that stands in the audit log as its digest; whoever erases it breaks no chain."""

    __tablename__ = "audit_text"
    __table_args__ = (Index(None, "position"),)

    digest: str = Field(max_length=64, primary_key=True)
    position: int = Field(sa_type=BigInteger)
    """The first row in which it stands."""
    salt: bytes
    text: bytes


def _table(name: str) -> Table:
    return _Kept.metadata.tables[name]


METADATA = _Kept.metadata
UNIT = _table("unit")
SUCCESSOR = _table("successor")
CLUSTER = _table("cluster")
CLUSTER_UNIT = _table("cluster_unit")
POINT = _table("point")
PERSON = _table("person")
CONFERENCE = _table("conference")
SITTING = _table("sitting")
ROUND = _table("round")
CHOSEN_POINT = _table("chosen_point")
EXPECTED = _table("expected")
KEPT_NAMES = _table("kept_names")
ATTENDEE = _table("attendee")
DUTY_SHIFT = _table("duty_shift")
ACCOUNT = _table("account")
STAFF_SESSION = _table("staff_session")
KNOWN_BROWSER = _table("known_browser")
SECOND_FACTOR = _table("second_factor")
RECOVERY_CODE = _table("recovery_code")
API_TOKEN = _table("api_token")
ATTEMPT = _table("attempt")
POINT_LINK = _table("point_link")
LINK_SESSION = _table("link_session")
WALL = _table("wall")
WALL_SESSION = _table("wall_session")
AGENT_TOKEN = _table("agent_token")
POINT_PIN = _table("point_pin")
REPORT_TEMPLATE = _table("report_template")
AUDIT = _table("audit")
AUDIT_TEXT = _table("audit_text")
