"""A little OpenID provider on a real socket: it does as the specification says, or as an attacker would like it to."""

import base64
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

CLIENT, SECRET = "diem-cau", "một bí mật của thành phố"
Claims = dict[str, Any]


@dataclass
class Asked:
    """One browser that was sent to us."""

    query: dict[str, str]
    person: Claims
    taken: bool = False


@dataclass
class CityService:
    issuer: str = ""
    keys: list[RSAKey | ECKey] = field(default_factory=lambda: [RSAKey.generate_key(2048, {"kid": "one"})])
    forge: Callable[[Claims], str] | None = None
    """How a token is made otherwise than it should be."""
    described: dict[str, Any] = field(default_factory=dict)
    """What it says of itself otherwise than is true."""
    silent: bool = False
    asked_for: list[str] = field(default_factory=list)
    codes: dict[str, Asked] = field(default_factory=dict)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self.description)
        app.router.add_get("/keys", self.key_set)
        app.router.add_post("/token", self.token)
        return app

    async def description(self, _request: web.Request) -> web.Response:
        self.asked_for.append("description")
        if self.silent:
            raise web.HTTPServiceUnavailable
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                **self.described,
            }
        )

    async def key_set(self, _request: web.Request) -> web.Response:
        self.asked_for.append("keys")
        public = [key.as_dict(private=False) for key in self.keys]
        # A key of the kind that we hold too must never be taken for the service's.
        shared = OctKey.import_key(SECRET, {"kid": "shared"}).as_dict(private=True)
        return web.json_response({"keys": [*public, shared]})

    def signs_in(self, address: str, person: Claims) -> str:
        """What somebody does there with their browser: the code."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.issuer}/authorize"
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert (query["response_type"], query["client_id"]) == ("code", CLIENT)
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = Asked(query, person)
        return code

    def way_back(self, address: str, person: Claims) -> str:
        """Where the browser is sent then."""
        code = self.signs_in(address, person)
        query = self.codes[code].query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    async def token(self, request: web.Request) -> web.Response:
        self.asked_for.append("token")
        form = await request.post()
        kind, _, pair = request.headers.get("Authorization", "").partition(" ")
        known = f"{CLIENT}:{SECRET_QUOTED}"
        asked = self.codes.get(str(form.get("code")))
        verifier = str(form.get("code_verifier", ""))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if (
            (kind, base64.b64decode(pair).decode()) != ("Basic", known)
            or asked is None
            or asked.taken
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != asked.query["redirect_uri"]
            or challenge != asked.query["code_challenge"]
        ):
            return web.json_response({"error": "invalid_grant"}, status=400)
        asked.taken = True
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "1",
            "iat": now,
            "exp": now + 300,
            "nonce": asked.query["nonce"],
            **asked.person,
        }
        return web.json_response(
            {"access_token": "x", "token_type": "Bearer", "id_token": (self.forge or self.signed)(claims)}
        )

    def signed(self, claims: Claims, **header: str) -> str:
        key = self.keys[-1]
        alg = "RS256" if isinstance(key, RSAKey) else "ES256"
        return jwt.encode({"alg": alg, "kid": key.kid, **header}, claims, key)


SECRET_QUOTED = urlencode({"": SECRET}).removeprefix("=")


def unsigned(claims: Claims, alg: str = "none") -> str:
    """A token whose signature is empty."""
    parts = (msgspec.json.encode({"alg": alg, "typ": "JWT"}), msgspec.json.encode(claims))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


@asynccontextmanager
async def standing() -> AsyncIterator[CityService]:
    service = CityService()
    runner = web.AppRunner(service.app(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        service.issuer = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield service
    finally:
        await runner.cleanup()
