"""Passwords: slow to check on purpose, so never on the loop and never more than a few at once."""

import asyncio
import base64
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

Done = TypeVar("Done")

SHORTEST = 10
LONGEST = 200
# Without l, o, 0, 1: people read it off paper.
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class TooBusy(Exception):
    """So many passwords wait to be checked that one more would only wait in vain; try again in a moment."""


class WeakPassword(Exception):
    """The password is too short or too long; the message says what is asked."""


def on_paper() -> str:
    """80 random bits that somebody can type from a sheet of paper."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _nobodys(hasher: PasswordHasher) -> str:
    """What no password fits and what takes as long to check as any: chance in the place of a hash, which costs nothing."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).rstrip(b"=").decode()
        for length in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"


class Passwords:
    """The worker that hashes and checks with argon2id. 64 MiB each: two at a time, and a bounded queue."""

    def __init__(self, hasher: PasswordHasher | None = None, workers: int = 2, waiting: int = 32) -> None:
        self._hasher = hasher or PasswordHasher()
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="password")
        self._room = workers + waiting
        self._under_way = 0
        # Checked when the account does not exist, so that both answers take as long.
        self._nobody = _nobodys(self._hasher)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _it: BaseException | None, _at: TracebackType | None) -> None:
        self._pool.shutdown()

    async def hash(self, password: str) -> str:
        if not SHORTEST <= len(password) <= LONGEST:
            raise WeakPassword(f"Mật khẩu cần từ {SHORTEST} đến {LONGEST} ký tự.")
        return await self.hash_any(password)

    async def hash_any(self, secret: str) -> str:
        """Of a secret that follows other rules than a password, as a PIN does."""
        return await self._run(lambda: self._hasher.hash(secret))

    async def right(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is the one; None stands for an account that does not exist."""
        return await self._run(lambda: self._verify(password[: LONGEST + 1], password_hash or self._nobody)) and (
            password_hash is not None
        )

    def _verify(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], Done]) -> Done:
        if self._under_way >= self._room:
            raise TooBusy("Đang có quá nhiều người đăng nhập cùng lúc; hãy thử lại sau vài giây.")
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._under_way -= 1
