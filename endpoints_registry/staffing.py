"""The staff's accounts: who is taken on, for what, and who may no longer come in.

A password that is given out opens nothing but the way to another one, which only its holder knows.
"""

import asyncio
from dataclasses import replace

import structlog
from aiohttp import web

from endpoints_registry import accounts, exporting, hiring, otp, sheets, vietnamese
from endpoints_registry.access import APPOINTS, Action, Role
from endpoints_registry.accounts import EVERYWHERE, Account, Line, TakenName, WrongAccount
from endpoints_registry.bodies.files import FaultTold
from endpoints_registry.bodies.staff import (
    AccountBody,
    AccountChange,
    AccountsAnswer,
    AccountsQuery,
    AccountTold,
    GivenAnswer,
    GivenQuery,
    HireTold,
    HiringAnswer,
)
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.filing import CSV, XLSX, attached, uploaded
from endpoints_registry.hiring import Hiring
from endpoints_registry.passwords import TooBusy, on_paper
from endpoints_registry.registry import Registry
from endpoints_registry.sheets import Unreadable
from endpoints_registry.signing import busy, person
from endpoints_registry.taking import answer, body_of, query_of
from endpoints_registry.words import STAFF_ROLES

log = structlog.get_logger("staffing")


class Staffing:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def routes(self) -> tuple[Route, ...]:
        every, one = "/api/v1/accounts", "/api/v1/accounts/{username}"
        return (
            Route(
                "GET",
                every,
                self.listed,
                Action.APPOINT,
                "Tài khoản cán bộ: theo vai trò, theo nơi phụ trách, tìm không dấu",
                query=AccountsQuery,
                answers={200: AccountsAnswer, 422: None},
            ),
            Route(
                "POST",
                every,
                self.take_on,
                Action.APPOINT,
                "Lập tài khoản; mật khẩu một lần chỉ hiện lần này",
                body=AccountBody,
                answers={201: GivenAnswer, 409: None, 422: None, 503: None},
            ),
            Route(
                "GET",
                f"{every}/imports/template",
                self.template,
                Action.APPOINT,
                "Tệp mẫu để lập nhiều tài khoản",
                answer_type=XLSX,
                answers={200: None},
                costs=3,
            ),
            Route(
                "POST",
                f"{every}/imports/preview",
                self.preview,
                Action.APPOINT,
                "Xem trước các tài khoản mà một tệp sẽ lập, và lỗi theo dòng, cột",
                body=bytes,
                body_type="application/octet-stream",
                answers={200: HiringAnswer, 413: None, 422: None},
                costs=10,
            ),
            Route(
                "POST",
                f"{every}/imports",
                self.take_on_many,
                Action.APPOINT,
                "Lập mọi tài khoản của một tệp, hoặc không tài khoản nào; trả tệp mật khẩu một lần để in",
                query=GivenQuery,
                body=bytes,
                body_type="application/octet-stream",
                answer_type=(XLSX, CSV),
                answers={200: None, 413: None, 422: None, 503: None},
                costs=10,
            ),
            Route("GET", one, self.one, Action.APPOINT, "Một tài khoản", answers={200: AccountTold, 404: None}),
            Route(
                "PATCH",
                one,
                self.change,
                Action.APPOINT,
                "Đổi tên, vai trò, nơi phụ trách; khóa hoặc mở lại",
                body=AccountChange,
                answers={200: AccountTold, 404: None, 409: None, 422: None},
            ),
            Route(
                "POST",
                f"{one}/password",
                self.give_password,
                Action.APPOINT,
                "Cấp lại mật khẩu một lần; mọi phiên của tài khoản kết thúc",
                answers={200: GivenAnswer, 404: None, 409: None, 503: None},
            ),
            Route(
                "DELETE",
                f"{one}/otp",
                self.drop_second_factor,
                Action.APPOINT,
                "Bỏ xác thực hai lớp của người đã mất điện thoại; mọi phiên của tài khoản kết thúc",
                answers={204: None, 404: None, 409: None},
            ),
        )

    async def listed(self, request: web.Request) -> web.Response:
        person(request)
        query = query_of(request, AccountsQuery)
        found = [
            line
            for line in await self._visible(request)
            if query.role in (None, line.account.role)
            and query.scope in (None, line.account.scope)
            and query.disabled in (None, line.disabled)
            and (not query.q.strip() or vietnamese.matches(query.q, f"{line.account.name} {line.account.username}"))
        ]
        start = (query.page - 1) * query.per_page
        shown = found[start : start + query.per_page]
        following = query.page + 1 if start + query.per_page < len(found) else None
        told = [self._told(line) for line in shown]
        return answer(AccountsAnswer(accounts=told, total=len(found), next_page=following))

    async def one(self, request: web.Request) -> web.Response:
        person(request)
        return answer(self._told(await self._theirs(request)))

    async def take_on(self, request: web.Request) -> web.Response:
        person(request)
        body = await body_of(request, AccountBody)
        self._check_role(request, body.role)
        password = on_paper()
        try:
            account = await self._registry.add_account(
                body.username, body.name, body.role, password, body.scope, one_time=True
            )
        except TakenName as taken:
            raise Problem(409, "exists", str(taken)) from taken
        except WrongAccount as wrong:
            raise Problem(422, "wrong_account", str(wrong)) from wrong
        except TooBusy as many:
            raise busy(many) from many
        log.info("account-made", user=account.username, role=account.role.value, by=request[CALLER].name)
        return answer(await self._given(account.username, password), 201)

    async def change(self, request: web.Request) -> web.Response:
        person(request)
        body = await body_of(request, AccountChange)
        line = await self._theirs(request)
        account = _changed(line.account, body)
        if (account.role, account.scope) != (line.account.role, line.account.scope) or body.disabled:
            self._check_not_own(request, line)
        self._check_role(request, account.role)
        try:
            if account.scope != line.account.scope:
                self._registry.check_scope(account.scope)
            await self._registry.change_account(account, disabled=body.disabled)
        except WrongAccount as wrong:
            raise Problem(422, "wrong_account", str(wrong)) from wrong
        log.info(
            "account-changed", user=account.username, fields=sorted(body.model_fields_set), by=request[CALLER].name
        )
        return answer(self._told(await self._line(account.username)))

    async def give_password(self, request: web.Request) -> web.Response:
        person(request)
        line = await self._theirs(request)
        self._check_not_own(request, line)
        password = on_paper()
        try:
            hashed = await self._registry.passwords.hash(password)
        except TooBusy as many:
            raise busy(many) from many
        async with self._registry.store.writing() as connection:
            await accounts.set_password(connection, line.account.id, hashed, self._registry.now())
        await self._registry.staff_changed()
        log.info("password-given", user=line.account.username, by=request[CALLER].name)
        return answer(await self._given(line.account.username, password))

    async def drop_second_factor(self, request: web.Request) -> web.Response:
        person(request)
        line = await self._theirs(request)
        self._check_not_own(request, line)
        async with self._registry.store.writing() as connection:
            await otp.drop(connection, line.account.id)
            await accounts.end_sessions(connection, line.account.id)
        await self._registry.staff_changed()
        log.info("second-factor-dropped", user=line.account.username, by=request[CALLER].name)
        return web.Response(status=204)

    # --- many at once

    async def template(self, request: web.Request) -> web.Response:
        person(request)
        return attached(await asyncio.to_thread(exporting.template, [hiring.KIND]), "mau-tai-khoan.xlsx", XLSX)

    async def preview(self, request: web.Request) -> web.Response:
        person(request)
        return answer(_hiring(await self._planned(request)))

    async def take_on_many(self, request: web.Request) -> web.Response:
        person(request)
        query = query_of(request, GivenQuery)
        planned = await self._planned(request)
        if planned.faults:
            raise _faulty(planned)
        passwords = {hire.username: on_paper() for hire in planned.hires}
        # One after the other: whoever signs in meanwhile finds the other worker free.
        try:
            hashes = {name: await self._registry.passwords.hash(password) for name, password in passwords.items()}
        except TooBusy as many:
            raise busy(many) from many
        now = self._registry.now()
        try:
            async with self._registry.store.writing() as connection:
                for hire in planned.hires:
                    hashed = hashes[hire.username]
                    await accounts.add(
                        connection, hire.username, hire.name, hire.role, hire.scope, hashed, now, one_time=True
                    )
        except TakenName as taken:
            raise Problem(409, "exists", f"{taken} Chưa lập tài khoản nào; hãy xem trước lại.") from taken
        await self._registry.staff_changed()
        log.info("accounts-made", accounts=len(planned.hires), by=request[CALLER].name)
        lines = [
            {
                "username": hire.username,
                "name": hire.name,
                "role": STAFF_ROLES[hire.role],
                "scope": hire.scope,
                "password": passwords[hire.username],
            }
            for hire in planned.hires
        ]
        if query.format == "csv":
            return attached(exporting.as_csv("given", lines), "mat-khau-mot-lan.csv", CSV)
        raw = await asyncio.to_thread(exporting.as_xlsx, {"given": lines})
        return attached(raw, "mat-khau-mot-lan.xlsx", XLSX)

    async def _planned(self, request: web.Request) -> Hiring:
        try:
            tables = await sheets.read(await uploaded(request), rows=2 * hiring.HIRES)
        except Unreadable as unreadable:
            raise Problem(422, "unreadable", str(unreadable)) from unreadable
        taken = {line.account.username for line in await self._all()}
        return hiring.plan(tables, taken, APPOINTS[request[CALLER].role], self._registry.check_scope)

    # --- whose is whose

    async def _all(self) -> list[Line]:
        async with self._registry.store.reading() as connection:
            return await accounts.lines(connection, self._registry.now(), self._registry.staff_lifetime)

    async def _visible(self, request: web.Request) -> list[Line]:
        appoints = APPOINTS[request[CALLER].role]
        return [line for line in await self._all() if line.account.role in appoints]

    async def _theirs(self, request: web.Request) -> Line:
        wanted = request.match_info["username"].lower()
        for line in await self._visible(request):
            if line.account.username == wanted:
                return line
        raise nowhere()

    async def _line(self, username: str) -> Line:
        return next(line for line in await self._all() if line.account.username == username)

    async def _given(self, username: str, password: str) -> GivenAnswer:
        return GivenAnswer(account=self._told(await self._line(username)), password=password)

    def _check_role(self, request: web.Request, role: Role) -> None:
        appoints = APPOINTS[request[CALLER].role]
        if role not in appoints:
            allowed = ", ".join(STAFF_ROLES[each] for each in STAFF_ROLES if each in appoints)
            raise Problem(422, "wrong_account", f"Bạn chỉ lập được tài khoản vai trò: {allowed}.")

    def _check_not_own(self, request: web.Request, line: Line) -> None:
        # So there is always somebody left who can let others in.
        if request[CALLER].username == line.account.username:
            detail = "Không tự khóa, tự đổi vai trò hay tự cấp lại mật khẩu; hãy nhờ người quản trị khác."
            raise Problem(409, "own_account", detail)

    def _told(self, line: Line) -> AccountTold:
        account = line.account
        return AccountTold(
            username=account.username,
            name=account.name,
            role=account.role.value,
            scope=account.scope,
            scope_name=self._registry.scope_name(account.scope),
            disabled=line.disabled,
            one_time=line.one_time,
            otp=line.second_factor,
            created_at=line.created_at,
            seen_at=line.seen_at,
            sessions=line.sessions,
        )


def _changed(account: Account, body: AccountChange) -> Account:
    role = body.role or account.role
    scope = body.scope if "scope" in body.model_fields_set else None if role in EVERYWHERE else account.scope
    return replace(account, name=body.name or account.name, role=role, scope=scope)


def _hiring(planned: Hiring) -> HiringAnswer:
    return HiringAnswer(
        accounts=[
            HireTold(username=hire.username, name=hire.name, role=hire.role.value, scope=hire.scope)
            for hire in planned.hires
        ],
        new=len(planned.hires),
        errors=[FaultTold(sheet=f.sheet, row=f.row, column=f.column, message=f.message) for f in planned.faults],
        errors_left_out=planned.faults_left_out,
    )


def _faulty(planned: Hiring) -> Problem:
    found = len(planned.faults) + planned.faults_left_out
    detail = f"Tệp có {found} lỗi nên chưa lập tài khoản nào; hãy sửa rồi gửi lại."
    return Problem(422, "faults", detail, **_hiring(planned).model_dump(mode="json"))
