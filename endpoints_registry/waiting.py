"""Screens that wait to be let in: each shows a short code, and whoever may hang walls takes it in by that (the idea of RFC 8628).

Nobody types a long secret with a television's remote control. Kept in memory alone: nothing is written before somebody takes
a screen in, and after a restart of ours every screen asks for another code by itself.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from endpoints_registry.accounts import digest, new_secret
from endpoints_registry.arriving import neighbourhood

LETTERS = "ACDEFGHJKNPQRTVXY34679"
"""None that is taken for another across a room: no B and 8, I, L and 1, O and 0, S and 5, U beside V, Z and 2; and no M and W, twice
as wide as the rest."""
LENGTH = 8
"""22^8 is 5.5e10: with 500 codes open, an account's ten tries in fifteen minutes find one in three hundred years."""
LASTS = timedelta(minutes=10)
SILENCE = timedelta(minutes=1)
"""A screen that has not asked for so long was switched off: its place is another's."""
ASKS_EVERY_S = 2
SPACING = timedelta(seconds=1)
"""Sooner than so after the last time, a screen is not answered."""
WAITING_EACH = 20
"""At one address, which an office shares. More are refused: whoever fills it fills only their own."""
WAITING = 500
"""In all. More are refused; the link itself still lets a screen in."""


NO_SUCH_CODE = "Không có màn hình nào đang hiện mã này; hãy xem lại mã trên màn hình."


class TooManyWait(Exception):
    """So many screens wait already; the message says how many."""


class UnknownScreen(Exception):
    """No screen waits by that code or secret: never did, no longer, or was taken in by it already."""


class AskedTooSoon(Exception):
    """The screen asked a moment ago."""


@dataclass(slots=True, eq=False)
class Screen:
    """One that waits. `address` and `browser` are what whoever takes it in sees of it."""

    code: str
    secret_hash: str
    address: str
    browser: str
    since: datetime
    asked_at: datetime
    taken: bool = False
    """Its code has been used."""
    wall: str | None = None
    """The handle of the wall that it was taken in to."""

    @property
    def until(self) -> datetime:
        return self.since + LASTS

    def over(self, now: datetime) -> bool:
        return now >= self.until or now >= self.asked_at + SILENCE


def new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def spelt(code: str) -> str:
    """As it is looked up: however it was typed."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


class Waiting:
    """The screens that wait now."""

    def __init__(self, drawn: Callable[[], str] = new_code) -> None:
        self._drawn = drawn
        self._by_code: dict[str, Screen] = {}
        self._by_secret: dict[str, Screen] = {}

    def begin(self, address: str, browser: str, now: datetime) -> tuple[Screen, str]:
        """A screen that waits from now on, and its own secret, by which alone it comes in. Raises TooManyWait."""
        for each in [each for each in self._by_secret.values() if each.over(now)]:
            self.let_go(each)
        place = neighbourhood(address)
        if sum(neighbourhood(each.address) == place for each in self._by_secret.values()) >= WAITING_EACH:
            raise TooManyWait(f"Từ địa chỉ mạng này đã có {WAITING_EACH} màn hình chờ ghép; hãy ghép bớt rồi thử lại.")
        if len(self._by_secret) >= WAITING:
            raise TooManyWait(f"Đã có {WAITING} màn hình chờ ghép; hãy thử lại sau ít phút.")
        code = self._drawn()
        while code in self._by_code:
            code = self._drawn()
        secret = new_secret()
        screen = Screen(code, digest(secret), address, browser, now, now)
        self._by_code[code] = self._by_secret[screen.secret_hash] = screen
        return screen, secret

    def ask(self, secret: str, now: datetime) -> Screen:
        """The screen whose secret this is, as it stands. Raises UnknownScreen, AskedTooSoon."""
        screen = self._by_secret.get(digest(secret))
        if screen is None or screen.over(now):
            raise UnknownScreen("Mã này đã hết hạn hoặc đã được dùng; màn hình cần xin mã khác.")
        if now < screen.asked_at + SPACING:
            raise AskedTooSoon(f"Màn hình hỏi quá dày; mỗi lần cách nhau ít nhất {SPACING.seconds} giây.")
        screen.asked_at = now
        return screen

    def shown(self, code: str, now: datetime) -> Screen | None:
        """The screen that shows this code now, if one does."""
        screen = self._by_code.get(spelt(code))
        return screen if screen is not None and not screen.taken and not screen.over(now) else None

    def let_go(self, screen: Screen) -> None:
        """It waits no longer."""
        self._by_code.pop(screen.code, None)
        self._by_secret.pop(screen.secret_hash, None)
