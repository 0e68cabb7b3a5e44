"""What opens a screen on a wall."""

from typing import Annotated, Literal

from pydantic import Field

from endpoints_registry.bodies import NO_CONTROLS, Asked, Code, Moment, Told

ViewName = Literal["numbers", "units", "tiles", "attention"]
Theme = Literal["dark", "light", "hour"]
"""`hour`: light by day and dark by night, by the hall's clock."""
Language = Literal["vi", "en"]


class ViewSeconds(Asked):
    """One of the views that take turns, and for how long it stays."""

    view: ViewName
    seconds: int = Field(20, ge=5, le=3_600)

    @classmethod
    def of(cls, kept: str) -> "ViewSeconds":
        view, _, seconds = kept.partition(":")
        return cls.model_validate({"view": view, "seconds": int(seconds)})


class WallBody(Asked):
    name: Annotated[str, NO_CONTROLS] = Field(min_length=1, max_length=100)
    """Where it hangs."""
    unit: Code | None = None
    """Whose board it shows; everything if not given."""
    views: list[ViewSeconds] = Field(
        [ViewSeconds.of(each) for each in ("numbers:20", "units:20", "tiles:30", "attention:20")],
        min_length=1,
        max_length=8,
    )
    theme: Theme = "dark"
    language: Language = "vi"

    @property
    def turns(self) -> tuple[str, ...]:
        """The views as they are kept: `numbers:20`."""
        return tuple(f"{each.view}:{each.seconds}" for each in self.views)


class WallSecretBody(Asked):
    secret: str = Field(min_length=1, max_length=200)


class WallAnswer(Told):
    """What a screen on a wall shows."""

    name: str
    unit: str | None
    unit_name: str
    views: list[ViewSeconds]
    theme: str
    language: str


class WallLine(WallAnswer):
    handle: str
    created_at: Moment
    screens: int
    """On so many it is open."""
    seen_at: Moment | None


class WallLinesAnswer(Told):
    walls: list[WallLine]


class ScreenSecretBody(Asked):
    secret: str = Field(min_length=1, max_length=200)
    """Its own, that it got with its code."""


class ScreenCodeBody(Asked):
    code: str = Field(min_length=1, max_length=30)
    """As the screen shows it; small letters, spaces and hyphens do not matter."""


class ScreenCodeAnswer(Told):
    """What a screen shows, and by what it asks whether it was taken in. The secret is never shown."""

    code: str
    secret: str
    until: Moment
    """Then it asks for another."""
    ask_every_s: int


class ScreenWaitsAnswer(Told):
    """Nobody has taken the screen in yet."""

    until: Moment


class ScreenAnswer(Told):
    """The screen that shows a code: what whoever takes it in should know it by."""

    code: str
    address: str
    browser: str
    since: Moment
    until: Moment


class PairedAnswer(WallAnswer):
    """What the screen shows from now on; the cookie has its session."""

    handle: str


class WallMade(Told):
    """Shown once: the secret is not kept."""

    handle: str
    path: str
    url: str
