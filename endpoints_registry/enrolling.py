"""What somebody does about their own keys: another password, a second factor taken up or put down.

Each asks for the password again: whoever finds a browser open must not be able to lock its owner out.
"""

import structlog
from aiohttp import web
from sqlalchemy import Row, select

from endpoints_registry import accounts, attempts, otp
from endpoints_registry.attempts import TooManyTries
from endpoints_registry.bodies.signing import (
    CodeBody,
    CodesAnswer,
    EnrolmentAnswer,
    FactorAnswer,
    PasswordBody,
    ProofBody,
    RemovalBody,
)
from endpoints_registry.door import CALLER, Open, Problem, Route
from endpoints_registry.passwords import TooBusy, WeakPassword
from endpoints_registry.registry import Registry
from endpoints_registry.signing import busy, person, too_many
from endpoints_registry.tables import ACCOUNT
from endpoints_registry.taking import answer, body_of

log = structlog.get_logger("enrolling")


class Enrolling:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def routes(self) -> tuple[Route, ...]:
        own = "/api/v1/session"
        proof = {401: None, 422: None, 429: None, 503: None}
        return (
            Route(
                "POST",
                f"{own}/password",
                self.change_password,
                Open.SIGNED_IN,
                "Đổi mật khẩu của tôi; các trình duyệt khác bị đăng xuất",
                body=PasswordBody,
                answers={204: None, **proof},
            ),
            Route(
                "GET",
                f"{own}/otp",
                self.factor,
                Open.SIGNED_IN,
                "Xác thực hai lớp của tôi",
                answers={200: FactorAnswer, 401: None},
            ),
            Route(
                "POST",
                f"{own}/otp",
                self.begin,
                Open.SIGNED_IN,
                "Bắt đầu dùng xác thực hai lớp: mã QR cho điện thoại",
                body=ProofBody,
                answers={200: EnrolmentAnswer, 409: None, **proof},
            ),
            Route(
                "PUT",
                f"{own}/otp",
                self.confirm,
                Open.SIGNED_IN,
                "Xác nhận bằng mã trên điện thoại; trả các mã dự phòng, chỉ lần này",
                body=CodeBody,
                answers={200: CodesAnswer, 401: None, 409: None, 422: None, 429: None},
            ),
            Route(
                "POST",
                f"{own}/otp/removal",
                self.remove,
                Open.SIGNED_IN,
                "Thôi dùng xác thực hai lớp; vai trò bắt buộc có thì phải đăng nhập và đăng ký lại",
                body=RemovalBody,
                answers={204: None, **proof},
            ),
        )

    async def change_password(self, request: web.Request) -> web.Response:
        credential = person(request)
        body = await body_of(request, PasswordBody)
        row = await self._proved(request, body.password)
        try:
            hashed = await self._registry.passwords.hash(body.new_password)
        except WeakPassword as weak:
            raise Problem(422, "weak_password", str(weak)) from weak
        except TooBusy as many:
            raise busy(many) from many
        async with self._registry.store.writing() as connection:
            await accounts.set_password(connection, row.id, hashed, None, keep=credential.secret)
        self._registry.keyring.forget()
        log.info("password-changed", user=row.username)
        return web.Response(status=204)

    async def factor(self, request: web.Request) -> web.Response:
        person(request)
        account_id = (await self._own(request)).id
        async with self._registry.store.reading() as connection:
            factor = await otp.factor(connection, account_id)
        return answer(
            FactorAnswer(
                enrolled=factor.confirmed,
                required=request[CALLER].role in self._registry.otp_roles,
                recovery_left=factor.recovery_left,
            )
        )

    async def begin(self, request: web.Request) -> web.Response:
        person(request)
        row = await self._proved(request, (await body_of(request, ProofBody)).password)
        async with self._registry.store.writing() as connection:
            if (await otp.factor(connection, row.id)).confirmed:
                raise Problem(409, "enrolled", "Đang dùng xác thực hai lớp; hãy thôi dùng trước khi đăng ký máy khác.")
            secret = await otp.begin(connection, row.id, self._registry.now())
        uri = otp.uri(secret, row.username)
        return answer(EnrolmentAnswer(secret=secret, uri=uri, qr=otp.drawn(uri)))

    async def confirm(self, request: web.Request) -> web.Response:
        person(request)
        body, row, now = await body_of(request, CodeBody), await self._own(request), self._registry.now()
        async with self._registry.store.writing() as connection:
            if (await otp.factor(connection, row.id)).confirmed:
                raise Problem(409, "enrolled", "Đã xác nhận từ trước.")
            codes = await otp.confirm(connection, row.id, body.otp, now)
        if codes is None:
            raise _wrong_otp()
        log.info("second-factor-confirmed", user=row.username)
        return answer(CodesAnswer(recovery_codes=list(codes)))

    async def remove(self, request: web.Request) -> web.Response:
        person(request)
        body = await body_of(request, RemovalBody)
        row = await self._proved(request, body.password, body.otp)
        async with self._registry.store.writing() as connection:
            await otp.drop(connection, row.id)
            if request[CALLER].role in self._registry.otp_roles:
                # To come in again they take one up anew.
                await accounts.end_sessions(connection, row.id)
        self._registry.keyring.forget()
        log.info("second-factor-removed", user=row.username)
        return web.Response(status=204)

    async def _own(self, request: web.Request) -> Row[tuple[object, ...]]:
        username = request[CALLER].username
        async with self._registry.store.reading() as connection:
            return (await connection.execute(select(ACCOUNT).where(ACCOUNT.c.username == username))).one()

    async def _proved(self, request: web.Request, password: str, code: str | None = None) -> Row[tuple[object, ...]]:
        """The caller's account, once they have said its password (and a code of the second factor) again."""
        row, now = await self._own(request), self._registry.now()
        subject = f"again:{row.username}"
        try:
            async with self._registry.store.writing() as connection:
                await attempts.check(connection, subject, now)
                await attempts.note(connection, subject, now)
            right = await self._registry.passwords.right(password, row.password_hash)
        except TooManyTries as wait:
            raise too_many(wait) from wait
        except TooBusy as many:
            raise busy(many) from many
        if not right:
            raise Problem(401, "wrong_password", "Mật khẩu không đúng.")
        async with self._registry.store.writing() as connection:
            if code is not None and not await otp.take(connection, row.id, code, now):
                raise _wrong_otp()
            await attempts.forgive(connection, subject)
        return row


def _wrong_otp() -> Problem:
    return Problem(401, "wrong_otp", "Mã xác thực không đúng hoặc đã dùng; hãy đợi mã mới trên điện thoại.")
