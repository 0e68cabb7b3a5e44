"""What opens a point: links, PINs, the phones that came in by them, the tokens of rooms."""

from pydantic import Field

from endpoints_registry.bodies import Asked, Code, Moment, Told


class PointsBody(Asked):
    """Points by their codes, all of a unit and below, or all that are the caller's."""

    points: list[Code] = Field([], max_length=5_000)
    unit: str | None = Field(None, max_length=16)
    all: bool = False


class PinBody(Asked):
    pin: str = Field(min_length=1, max_length=20)
    """Four to eight digits."""


class LinksQuery(Asked):
    q: str = Field("", max_length=200)
    """Accent-free search."""
    unit: str | None = Field(None, max_length=16)
    page: int = Field(1, ge=1, le=100_000)
    per_page: int = Field(50, ge=1, le=1_000)


class LinkLine(Told):
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


class LinkLinesAnswer(Told):
    links: list[LinkLine]
    total: int
    linked: int
    """So many of them have a link, on so many phones."""
    phones: int
    next_page: int | None


class LinkTold(Told):
    code: str
    name: str
    path: str
    """What follows the server's address: it is shown once."""
    url: str
    qr: str | None
    """The whole address as a data URI of SVG, where one was asked for alone; many are printed as a sheet."""


class LinksAnswer(Told):
    links: list[LinkTold]


class PhoneTold(Told):
    device: str
    since: Moment


class PhonesAnswer(Told):
    phones: list[PhoneTold]
    """On which the point's link is open, the newest first."""


class TokenTold(Told):
    code: str
    name: str
    token: str


class TokensAnswer(Told):
    tokens: list[TokenTold]
