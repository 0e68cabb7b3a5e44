"""Tokens for programs over HTTP: made by whoever they speak for, seen and revoked by them and whoever appoints them."""

import structlog
from aiohttp import web

from endpoints_registry import accounts, tokens
from endpoints_registry.access import Caller, answers_for, covers
from endpoints_registry.accounts import EVERYWHERE, WrongAccount
from endpoints_registry.bodies.signing import (
    ApiTokenBody,
    ApiTokensAnswer,
    ApiTokenTold,
    NewApiTokenAnswer,
    TokensQuery,
)
from endpoints_registry.door import CALLER, Open, Problem, Route, nowhere
from endpoints_registry.registry import Registry
from endpoints_registry.signing import person
from endpoints_registry.taking import answer, body_of, query_of
from endpoints_registry.tokens import ApiToken, WrongToken

log = structlog.get_logger("lending")


class Lending:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def routes(self) -> tuple[Route, ...]:
        every = "/api/v1/tokens"
        return (
            Route(
                "GET",
                every,
                self.listed,
                Open.SIGNED_IN,
                "Các mã API: của tôi, hoặc của người mà tôi quản lý tài khoản",
                query=TokensQuery,
                answers={200: ApiTokensAnswer, 401: None, 404: None, 422: None},
            ),
            Route(
                "POST",
                every,
                self.issue,
                Open.SIGNED_IN,
                "Cấp mã API với vai trò, phạm vi và hạn dùng; mã chỉ hiện lần này",
                body=ApiTokenBody,
                answers={201: NewApiTokenAnswer, 401: None, 404: None, 422: None},
            ),
            Route(
                "DELETE",
                f"{every}/{{token}}",
                self.revoke,
                Open.SIGNED_IN,
                "Thu hồi một mã API",
                answers={204: None, 401: None, 404: None},
            ),
        )

    async def listed(self, request: web.Request) -> web.Response:
        person(request)
        caller, wanted = request[CALLER], query_of(request, TokensQuery).username
        username = caller.username if wanted is None else wanted.strip().lower()
        if wanted is not None:
            async with self._registry.store.reading() as connection:
                holder = await accounts.holder(connection, username)
            if holder is None or not answers_for(caller, holder.username, holder.role):
                raise nowhere()
        told = [_told(each) for each in await self._all() if each.holder.username == username]
        return answer(ApiTokensAnswer(tokens=told))

    async def issue(self, request: web.Request) -> web.Response:
        person(request)
        caller, body = request[CALLER], await body_of(request, ApiTokenBody)
        async with self._registry.store.reading() as connection:
            holder = await accounts.holder(connection, caller.username)
        if holder is None:
            raise nowhere()
        scope = body.scope if body.scope is not None or body.role in EVERYWHERE else holder.scope
        if scope is not None and scope != holder.scope:
            self._check_scope(caller, scope)
        try:
            async with self._registry.store.writing() as connection:
                token, secret = await tokens.issue(
                    connection, holder, body.name, body.role, scope, body.expires_at, self._registry.now()
                )
        except WrongToken as wrong:
            raise Problem(422, "wrong_token", str(wrong)) from wrong
        log.info("token-made", token=token.prefix, role=token.role.value, scope=token.scope, by=caller.name)
        return answer(NewApiTokenAnswer(**_told(token).model_dump(), token=secret), 201)

    async def revoke(self, request: web.Request) -> web.Response:
        person(request)
        caller, wanted = request[CALLER], request.match_info["token"]
        for each in await self._all():
            if str(each.id) == wanted and answers_for(caller, each.holder.username, each.holder.role):
                async with self._registry.store.writing() as connection:
                    await tokens.revoke(connection, each.id)
                self._registry.keyring.forget()
                log.info("token-revoked", token=each.prefix, by=caller.name)
                return web.Response(status=204)
        raise nowhere()

    async def _all(self) -> list[ApiToken]:
        async with self._registry.store.reading() as connection:
            return [each for each in await tokens.listed(connection) if each.expires_at > self._registry.now()]

    def _check_scope(self, caller: Caller, scope: str) -> None:
        """Foreign equals nonexistent: both are no scope to give."""
        directory = self._registry.directory
        try:
            self._registry.check_scope(scope)
        except WrongAccount as wrong:
            raise nowhere() from wrong
        if not all(covers(caller, path=directory.path(unit)) for unit in directory.scope(scope)):
            raise nowhere()


def _told(token: ApiToken) -> ApiTokenTold:
    return ApiTokenTold(
        id=token.id,
        name=token.name,
        prefix=token.prefix,
        username=token.holder.username,
        role=token.role.value,
        scope=token.scope,
        created_at=token.created_at,
        expires_at=token.expires_at,
        used_at=token.used_at,
    )
