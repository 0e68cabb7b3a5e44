"""Somebody of the staff comes in: password, second factor, and how often they may try.

The rule of tries, within a quarter of an hour: ten on an account by all strangers together and five of them from one
address; thirty wrong ones from one address on whatever accounts. A browser in which the account's holder has come in
before proves so by a cookie and has ten of its own, so that nobody is locked out by another's guessing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry import accounts, attempts, otp
from endpoints_registry.access import Role
from endpoints_registry.accounts import Account, Lifetime, StaffSession, WrongPassword, digest, new_secret
from endpoints_registry.arriving import neighbourhood
from endpoints_registry.database import Store
from endpoints_registry.passwords import Passwords, WeakPassword
from endpoints_registry.tables import ACCOUNT, KNOWN_BROWSER

KNOWN_FOR = Lifetime(idle=timedelta(days=365), most=timedelta(days=365))
"""How long a browser keeps the proof that its holder came in by it before."""
BROWSERS = 20
"""Known to one account; the one unused the longest goes."""


class NewPasswordNeeded(Exception):
    """The password was given out by somebody else: come again with it and with one of your own."""


class OtpNeeded(Exception):
    """The password is right; come again with it and with the code that the phone shows."""


class WrongOtp(Exception):
    """The code is none of the phone's, or was used before."""


class NobodyHere(Exception):
    """The city's own sign-in service vouches for somebody who has no account here."""


class EnrolmentNeeded(Exception):
    """This role comes in with a second factor only: put `secret` into a phone and come again with its code."""

    def __init__(self, secret: str, username: str) -> None:
        self.secret = secret
        self.username = username
        super().__init__(
            "Vai trò này bắt buộc xác thực hai lớp: quét mã QR bằng ứng dụng xác thực rồi nhập mã sáu chữ số."
        )


@dataclass(frozen=True, slots=True)
class Knock:
    """What somebody at the door says, and where from."""

    username: str
    password: str
    address: str
    otp: str = ""
    new_password: str = ""
    known: str = ""
    """What the browser has kept since its holder came in before."""
    browser: str = ""
    """As it calls itself."""


@dataclass(frozen=True, slots=True)
class Entered:
    token: str
    session: StaffSession
    known: str
    """For the browser to keep."""
    recovery_codes: tuple[str, ...] = ()
    """Of a second factor that was confirmed just now."""
    ended_others: bool = False
    """Another password took the place of a one-time one, and ended what was open by it."""


class Door:
    def __init__(self, store: Store, passwords: Passwords, lifetime: Lifetime, otp_roles: Collection[Role]) -> None:
        self._store = store
        self._passwords = passwords
        self._lifetime = lifetime
        self._otp_roles = otp_roles

    async def enter(self, knock: Knock, now: datetime) -> Entered:
        """Raises WrongPassword, WeakPassword, TooManyTries, TooBusy, and what else this module names."""
        username = knock.username.strip().lower()[:64]
        async with self._store.writing() as connection:
            row = (await connection.execute(select(ACCOUNT).where(ACCOUNT.c.username == username))).first()
            if row is not None and row.disabled_at is not None:
                row = None
            proved = row is not None and await _is_known(connection, row.id, knock.known)
            # Noted before the check, so that many guesses at once do not all slip through.
            noted = await _noted(connection, username, knock, proved, now)
        right = await self._passwords.right(knock.password, row.password_hash if row is not None else None)
        if row is None or not right:
            if not proved:
                async with self._store.writing() as connection:
                    await attempts.note(connection, f"address:{neighbourhood(knock.address)}", now)
            raise WrongPassword(_WRONG)
        try:
            new_hash = await self._new_hash(row, knock)
            return await self._passed(row, knock, proved, new_hash, now)
        except (NewPasswordNeeded, WeakPassword, OtpNeeded):
            # What is still lacking was not guessed at.
            async with self._store.writing() as connection:
                await attempts.take_back(connection, noted)
            raise
        except _Unenrolled:
            async with self._store.writing() as connection:
                await attempts.take_back(connection, noted)
                secret = await otp.begin(connection, row.id, now)
            raise EnrolmentNeeded(secret, username) from None

    async def vouched(
        self, username: str, address: str, browser: str, now: datetime, *, second_factor: bool
    ) -> tuple[str, StaffSession]:
        """A session for whoever the city's own sign-in service vouches for. Raises NobodyHere, OtpNeeded.

        What is asked beside a password is asked of the service too: where a second factor is, it must have had one.
        """
        async with self._store.writing() as connection:
            row = (await connection.execute(select(ACCOUNT).where(ACCOUNT.c.username == username))).first()
            if row is None or row.disabled_at is not None:
                raise NobodyHere
            account = Account(row.id, row.username, row.name, Role(row.role), row.scope)
            factor = await otp.factor(connection, account.id)
            if (factor.confirmed or account.role in self._otp_roles) and not second_factor:
                raise OtpNeeded
            return await accounts.open_session(connection, account, address, browser, now, self._lifetime)

    async def _new_hash(self, row: Row[Any], knock: Knock) -> str | None:
        """Of the password that takes the place of a one-time one."""
        if row.given_at is None:
            return None
        if not knock.new_password:
            raise NewPasswordNeeded("Mật khẩu này chỉ dùng một lần; hãy đặt mật khẩu của riêng bạn.")
        if knock.new_password == knock.password:
            raise WeakPassword("Mật khẩu mới phải khác mật khẩu được cấp.")
        return await self._passwords.hash(knock.new_password)

    async def _passed(self, row: Row[Any], knock: Knock, proved: bool, new_hash: str | None, now: datetime) -> Entered:
        """The password is right: the second factor, and then a session, in one transaction."""
        account = Account(row.id, row.username, row.name, Role(row.role), row.scope)
        async with self._store.writing() as connection:
            # Another one may have been given out, or the account closed, while this one was being checked.
            stands = (
                await connection.execute(
                    select(ACCOUNT.c.password_hash, ACCOUNT.c.disabled_at).where(ACCOUNT.c.id == account.id)
                )
            ).one()
            if stands.password_hash != row.password_hash or stands.disabled_at is not None:
                raise WrongPassword(_WRONG)
            codes = await _second_factor(connection, account, knock.otp, now, self._otp_roles)
            if new_hash is not None:
                await accounts.set_password(connection, account.id, new_hash, None)
            known = knock.known if proved else new_secret()
            await _know(connection, account.id, known, now)
            for subject, _ in _budgets(account.username, knock, proved):
                await attempts.forgive(connection, subject)
            token, session = await accounts.open_session(
                connection, account, knock.address, knock.browser, now, self._lifetime
            )
        return Entered(token, session, known, codes, ended_others=new_hash is not None)


_WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."


class _Unenrolled(Exception):
    """A second factor is asked of this role, and the account has none."""


async def _second_factor(
    connection: AsyncConnection, account: Account, code: str, now: datetime, otp_roles: Collection[Role]
) -> tuple[str, ...]:
    """Recovery codes where the factor was confirmed just now. Raises OtpNeeded, WrongOtp, _Unenrolled."""
    factor = await otp.factor(connection, account.id)
    if not factor.confirmed and account.role not in otp_roles:
        return ()
    if not code:
        if factor.confirmed:
            raise OtpNeeded("Hãy nhập mã sáu chữ số trên ứng dụng xác thực, hoặc một mã dự phòng.")
        raise _Unenrolled
    if factor.confirmed:
        codes: tuple[str, ...] | None = () if await otp.take(connection, account.id, code, now) else None
    else:
        codes = await otp.confirm(connection, account.id, code, now)
    if codes is None:
        raise WrongOtp("Mã xác thực không đúng hoặc đã dùng; hãy đợi mã mới trên điện thoại.")
    return codes


# --- how often


def _budgets(username: str, knock: Knock, proved: bool) -> list[tuple[str, int]]:
    """What a try is counted on, and how many there may be."""
    if proved:
        return [(f"browser:{digest(knock.known)[:40]}", attempts.LIMIT)]
    pair = digest(f"{username} {neighbourhood(knock.address)}")[:40]
    return [(f"account:{username}", attempts.LIMIT), (f"pair:{pair}", attempts.PAIR_LIMIT)]


async def _noted(connection: AsyncConnection, username: str, knock: Knock, proved: bool, now: datetime) -> list[int]:
    """One more try, if there may be one. Raises TooManyTries."""
    if not proved:
        await attempts.check(connection, f"address:{neighbourhood(knock.address)}", now, attempts.ADDRESS_LIMIT)
    budgets = _budgets(username, knock, proved)
    for subject, limit in budgets:
        await attempts.check(connection, subject, now, limit)
    return [await attempts.note(connection, subject, now) for subject, _ in budgets]


async def _is_known(connection: AsyncConnection, account_id: int, known: str) -> bool:
    if not known:
        return False
    mine = (KNOWN_BROWSER.c.token_hash == digest(known)) & (KNOWN_BROWSER.c.account_id == account_id)
    return (await connection.execute(select(KNOWN_BROWSER.c.token_hash).where(mine))).first() is not None


async def _know(connection: AsyncConnection, account_id: int, known: str, now: datetime) -> None:
    mine = KNOWN_BROWSER.c.account_id == account_id
    await connection.execute(delete(KNOWN_BROWSER).where(mine & (KNOWN_BROWSER.c.token_hash == digest(known))))
    rows = await connection.execute(
        select(KNOWN_BROWSER.c.token_hash).where(mine).order_by(KNOWN_BROWSER.c.seen_at.desc()).offset(BROWSERS - 1)
    )
    if surplus := [row.token_hash for row in rows]:
        await connection.execute(delete(KNOWN_BROWSER).where(KNOWN_BROWSER.c.token_hash.in_(surplus)))
    await connection.execute(insert(KNOWN_BROWSER).values(token_hash=digest(known), account_id=account_id, seen_at=now))
