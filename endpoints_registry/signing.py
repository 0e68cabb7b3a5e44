"""Signing in and out, and a phone's exchange of its link: the doors that hand out cookies."""

from collections.abc import Sequence

import structlog
from aiohttp import web

from endpoints_registry import otp
from endpoints_registry.access import ALLOWED, APPOINTS, STAFF, Role, lends
from endpoints_registry.accounts import WrongPassword
from endpoints_registry.arriving import came_from
from endpoints_registry.attempts import TooManyTries
from endpoints_registry.bodies.signing import LinkAnswer, LinkBody, OwnUnit, SessionAnswer, SignInBody, User
from endpoints_registry.credentials import LINK_LIFETIME, UnknownLink
from endpoints_registry.door import CREDENTIAL, Credential, Open, Problem, Route, csrf_token
from endpoints_registry.entering import (
    KNOWN_FOR,
    EnrolmentNeeded,
    Entered,
    Knock,
    NewPasswordNeeded,
    OtpNeeded,
    WrongOtp,
)
from endpoints_registry.passwords import TooBusy, WeakPassword
from endpoints_registry.pins import PinNeeded, WrongPin
from endpoints_registry.registry import Registry
from endpoints_registry.taking import answer, body_of
from endpoints_registry.vietnamese import unit_key

log = structlog.get_logger("signing")


class Signing:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._keyring = registry.keyring

    def routes(self) -> tuple[Route, ...]:
        session = "/api/v1/session"
        return (
            Route(
                "POST",
                session,
                self.sign_in,
                Open.PUBLIC,
                "Đăng nhập; cookie giữ phiên, mã csrf đi kèm mọi thay đổi",
                body=SignInBody,
                answers={200: SessionAnswer, 401: None, 422: None, 429: None, 503: None},
            ),
            Route(
                "GET", session, self.who, Open.SIGNED_IN, "Ai đang đăng nhập", answers={200: SessionAnswer, 401: None}
            ),
            Route("DELETE", session, self.sign_out, Open.SIGNED_IN, "Đăng xuất", answers={204: None, 401: None}),
            Route(
                "POST",
                "/api/v1/links/{handle}/session",
                self.open_link,
                Open.PUBLIC,
                "Điện thoại đổi liên kết của điểm cầu lấy phiên làm việc",
                body=LinkBody,
                answers={200: LinkAnswer, 401: None, 404: None, 422: None, 429: None, 503: None},
            ),
        )

    async def sign_in(self, request: web.Request) -> web.Response:
        body = await body_of(request, SignInBody)
        address = came_from(request)
        knock = Knock(
            body.username,
            body.password,
            address,
            otp=body.otp.strip(),
            new_password=body.new_password,
            known=self._keyring.known(request, body.username),
            browser=calls_itself(request),
        )
        entered = await self._entered(knock)
        credential = await self._keyring.staff(entered.token)
        assert credential is not None  # noqa: S101 - it was made a moment ago
        username = entered.session.account.username
        log.info("signed-in", user=username, address=address)
        response = answer(self._session(credential, entered.recovery_codes))
        self._keyring.set_cookie(
            response, self._keyring.staff_cookie, entered.token, strict=False, lifetime=self._registry.staff_lifetime
        )
        self._keyring.set_cookie(
            response, self._keyring.known_cookie(username), entered.known, strict=True, lifetime=KNOWN_FOR
        )
        return response

    async def _entered(self, knock: Knock) -> Entered:
        """What the door says, in words for a page. Each code says what to send beside the password."""
        try:
            return await self._registry.enter(knock)
        except (WrongPassword, WrongOtp) as wrong:
            log.info("sign-in-refused", address=knock.address)
            code = "wrong_password" if isinstance(wrong, WrongPassword) else "wrong_otp"
            raise Problem(401, code, str(wrong)) from wrong
        except OtpNeeded as needed:
            raise Problem(401, "otp_needed", str(needed)) from needed
        except NewPasswordNeeded as needed:
            raise Problem(401, "new_password_needed", str(needed)) from needed
        except EnrolmentNeeded as needed:
            uri = otp.uri(needed.secret, needed.username)
            raise Problem(
                401, "otp_enrolment_needed", str(needed), secret=needed.secret, uri=uri, qr=otp.drawn(uri)
            ) from needed
        except WeakPassword as weak:
            raise Problem(422, "weak_password", str(weak)) from weak
        except TooManyTries as wait:
            log.warning("sign-in-limited", address=knock.address, wait_s=wait.wait_s)
            raise too_many(wait) from wait
        except TooBusy as many:
            raise busy(many) from many

    async def who(self, request: web.Request) -> web.Response:
        return answer(self._session(_staff(request)))

    def _session(self, credential: Credential, codes: Sequence[str] = ()) -> SessionAnswer:
        caller = credential.caller
        tree = self._registry.directory.tree
        own = [tree.units[code] for code in caller.units if code in tree.units]
        return SessionAnswer(
            csrf=csrf_token(credential.secret),
            user=User(username=caller.username, name=caller.shown, role=caller.role.value),
            units=[
                OwnUnit(code=unit.code, name=unit.name)
                for unit in sorted(own, key=lambda unit: (unit_key(unit.name), unit.code))
            ],
            may=[action.value for action, roles in ALLOWED.items() if caller.role in roles],
            appoints=[role.value for role in Role if role in APPOINTS.get(caller.role, ())],
            lends=[role.value for role in Role if lends(caller.role, role)],
            recovery_codes=list(codes),
        )

    async def sign_out(self, request: web.Request) -> web.Response:
        await self._registry.sign_out(person(request).secret)
        response = web.Response(status=204)
        response.del_cookie(self._keyring.staff_cookie, path="/", secure=self._keyring.secure, httponly=True)
        return response

    async def open_link(self, request: web.Request) -> web.Response:
        body = await body_of(request, LinkBody)
        handle = request.match_info["handle"]
        address = came_from(request)
        # A page that is loaded again comes here again: its own open session speaks for it.
        vouched = await self._keyring.own_phone(request, handle) is not None
        try:
            token, session = await self._registry.exchange(
                handle, body.secret, body.device, address, pin=body.pin, vouched=vouched
            )
        except UnknownLink as unknown:
            raise Problem(404, "unknown_link", str(unknown)) from unknown
        except PinNeeded as needed:
            raise Problem(401, "pin_needed", str(needed)) from needed
        except WrongPin as wrong:
            raise Problem(401, "wrong_pin", str(wrong)) from wrong
        except TooManyTries as wait:
            log.warning("link-limited", address=address, wait_s=wait.wait_s)
            raise too_many(wait) from wait
        except TooBusy as many:
            raise busy(many) from many
        log.info("link-opened", point=session.point)
        response = answer(LinkAnswer(csrf=csrf_token(token), code=session.point))
        self._keyring.set_cookie(
            response, self._keyring.link_cookie(session.handle), token, strict=True, lifetime=LINK_LIFETIME
        )
        return response


def calls_itself(request: web.Request) -> str:
    """What a browser says that it is: words of a stranger's, kept to plain letters."""
    said = request.headers.get("User-Agent", "")
    return "".join(letter for letter in said if letter.isascii() and letter.isprintable())[:120]


def _staff(request: web.Request) -> Credential:
    credential = request[CREDENTIAL]
    if credential.caller.role not in STAFF:
        raise Problem(401, "signed_out", "Chưa đăng nhập bằng tài khoản.")
    return credential


def person(request: web.Request) -> Credential:
    """Somebody of the staff who has signed in: what opens doors is not handed out to a program, which could hand it on."""
    credential = _staff(request)
    if credential.caller.via:
        raise Problem(403, "not_by_token", "Việc này cần người đăng nhập, không làm được bằng mã API.")
    return credential


def busy(many: TooBusy) -> Problem:
    return Problem(503, "busy", str(many), headers={"Retry-After": "3"})


def too_many(wait: TooManyTries) -> Problem:
    headers = {"Retry-After": str(wait.wait_s)}
    return Problem(429, "too_many_tries", str(wait), headers=headers, wait_s=wait.wait_s)
