"""The city's own sign-in service (OpenID Connect): what it says of itself, its keys, and for whom it vouches.

Needs the extra `oidc`; whoever does not name a service need not have it.
"""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import aiohttp
import msgspec
import structlog
from aiohttp import hdrs
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

log = structlog.get_logger("oidc")

ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "ES384", "RS512", "ES512")
"""Signed with a key that only the service has. Never `none`, and never HS...: its key would be one that we hold too."""
KEY_KINDS = frozenset({"RSA", "EC"})
PATIENCE_S = 5.0
"""Somebody waits before a page meanwhile."""
BODY_LIMIT = 256 * 1024
BELIEVED = timedelta(hours=1)
"""What the service says of itself is asked again after so long."""
AGAIN = timedelta(seconds=30)
"""A service that did not answer, or whose keys had no right one, is asked again no sooner."""
SKEW_S = 60
"""So far its clock and ours may be apart."""
FRESH_S = 600
"""A token that was made longer ago was not made for this sign-in."""


class Unreachable(Exception):
    """The service does not answer, or not as it should; the log says why."""


class NotVouched(Exception):
    """What came back proves nothing; the message is for the log, in words of ours."""


@dataclass(frozen=True)
class Client:
    """How we are known to the service."""

    issuer: str
    id: str
    secret: str
    scopes: Sequence[str]
    claim: str
    """Which of the claims is the user name of an account."""
    acrs: Sequence[str]
    """Values of `acr` that say that a second factor was given."""
    returns_to: str
    """Our address that the service sends browsers back to."""


@dataclass(frozen=True)
class Question:
    """What one sign-in is recognised by when it comes back."""

    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True)
class Vouched:
    username: str
    second_factor: bool


class _Said(msgspec.Struct, frozen=True):
    """The service's own description, as far as it matters here."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


class Provider:
    def __init__(self, client: Client, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now
        self._http: aiohttp.ClientSession | None = None
        self._said: _Said | None = None
        self._keys: KeySet | None = None
        self._said_at = self._keys_at = self._failed_at = datetime.min.replace(tzinfo=now().tzinfo)
        self._asking = asyncio.Lock()

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def address(self, question: Question) -> str:
        """Where a browser is sent to sign in. Raises Unreachable."""
        said = await self._description()
        query = {
            "response_type": "code",
            "client_id": self._client.id,
            "redirect_uri": self._client.returns_to,
            "scope": " ".join(self._client.scopes),
            "state": question.state,
            "nonce": question.nonce,
            "code_challenge": question.challenge,
            "code_challenge_method": "S256",
        }
        return f"{said.authorization_endpoint}{'&' if '?' in said.authorization_endpoint else '?'}{urlencode(query)}"

    async def vouches(self, code: str, question: Question) -> Vouched:
        """For whom, in exchange for the code that a browser brought back. Raises Unreachable, NotVouched."""
        said = await self._description()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._client.returns_to,
            "code_verifier": question.verifier,
        }
        headers: dict[str, str] = {}
        if "client_secret_basic" in said.token_endpoint_auth_methods_supported:
            pair = f"{quote_plus(self._client.id)}:{quote_plus(self._client.secret)}"
            headers[hdrs.AUTHORIZATION] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": self._client.id, "client_secret": self._client.secret}
        status, raw = await self._ask("POST", said.token_endpoint, form, headers)
        if 400 <= status < 500:
            raise NotVouched(f"the code was not taken ({status})")
        try:
            token = msgspec.json.decode(raw, type=_Tokens).id_token
        except msgspec.DecodeError as wrong:
            raise Unreachable("no id_token in the answer") from wrong
        return self._read(await self._claims(token), question)

    async def _claims(self, token: str) -> Mapping[str, Any]:
        """What the token says, if the service has signed it."""
        try:
            return _signed(token, await self._key_set())
        except (JoseError, ValueError) as first:
            # A service changes its keys now and then; a stranger's token must not make us ask for them each time.
            if self._now() - self._keys_at < AGAIN:
                raise NotVouched(f"the signature is none ({type(first).__name__})") from first
        try:
            return _signed(token, await self._key_set(anew=True))
        except (JoseError, ValueError) as wrong:
            raise NotVouched(f"the signature is none ({type(wrong).__name__})") from wrong

    def _read(self, claims: Mapping[str, Any], question: Question) -> Vouched:
        now_s = self._now().timestamp()
        audience = claims.get("aud")
        audiences = [audience] if isinstance(audience, str) else audience if isinstance(audience, list) else []
        presented = claims.get("azp", self._client.id if len(audiences) == 1 else None)
        for what, holds in (
            ("iss", claims.get("iss") == self._client.issuer),
            ("aud", self._client.id in audiences),
            ("azp", presented == self._client.id),
            ("exp", _moment(claims, "exp") > now_s - SKEW_S),
            ("iat", now_s - FRESH_S < _moment(claims, "iat") < now_s + SKEW_S),
            ("nbf", "nbf" not in claims or _moment(claims, "nbf") < now_s + SKEW_S),
            ("nonce", hmac.compare_digest(str(claims.get("nonce", "")).encode(), question.nonce.encode())),
            ("sub", bool(claims.get("sub"))),
        ):
            if not holds:
                raise NotVouched(f"{what} is not what it should be")
        username = claims.get(self._client.claim)
        if not isinstance(username, str) or not username.strip():
            raise NotVouched(f"the claim {self._client.claim} (oidc.claim) is missing")
        # Anybody may write somebody else's mail address into their own account, until the service has looked.
        if self._client.claim == "email" and claims.get("email_verified") is not True:
            raise NotVouched("email_verified is not true")
        methods = claims.get("amr")
        proved = isinstance(methods, list) and "mfa" in methods
        return Vouched(username.strip().lower(), proved or claims.get("acr") in self._client.acrs)

    # --- what the service says of itself

    async def _description(self) -> _Said:
        async with self._asking:
            if self._said is not None and self._now() - self._said_at < BELIEVED:
                return self._said
            said: _Said = await self._document(
                f"{self._client.issuer.rstrip('/')}/.well-known/openid-configuration", _Said
            )
            if said.issuer != self._client.issuer:
                raise self._wrong("it calls itself otherwise than oidc.issuer does")
            for address in (said.authorization_endpoint, said.token_endpoint, said.jwks_uri):
                if not trustworthy(address):
                    raise self._wrong("one of its addresses is not https")
            self._said, self._said_at = said, self._now()
            return said

    async def _key_set(self, *, anew: bool = False) -> KeySet:
        said = await self._description()
        async with self._asking:
            if self._keys is None or anew or self._now() - self._keys_at >= BELIEVED:
                told = await self._document(said.jwks_uri, dict[str, Any])
                kept = [
                    key
                    for key in told.get("keys", ())
                    if isinstance(key, dict) and key.get("kty") in KEY_KINDS and key.get("use", "sig") == "sig"
                ]
                try:
                    self._keys = KeySet.import_key_set({"keys": kept})
                except (JoseError, ValueError, TypeError) as wrong:
                    raise self._wrong("its keys cannot be read") from wrong
                self._keys_at = self._now()
            return self._keys

    async def _document(self, address: str, kind: type[Any]) -> Any:
        if self._now() - self._failed_at < AGAIN:
            raise Unreachable("it did not answer a moment ago")
        try:
            status, raw = await self._ask("GET", address, None, {})
            if status != 200:
                raise self._wrong(f"it answered {status}")
            return msgspec.json.decode(raw, type=kind)
        except Unreachable:
            self._failed_at = self._now()
            raise
        except msgspec.DecodeError as wrong:
            raise self._wrong("its answer cannot be read") from wrong

    async def _ask(
        self, method: str, address: str, form: Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        if self._http is None:
            self._http = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(PATIENCE_S), cookie_jar=aiohttp.DummyCookieJar()
            )
        try:
            # Redirects lead where nobody has looked.
            async with self._http.request(method, address, data=form, headers=headers, allow_redirects=False) as answer:
                raw = bytearray()
                async for piece in answer.content.iter_any():
                    raw += piece
                    if len(raw) > BODY_LIMIT:
                        raise Unreachable("its answer is too long")
                return answer.status, bytes(raw)
        except (aiohttp.ClientError, TimeoutError, OSError) as failed:
            raise Unreachable(type(failed).__name__) from failed

    def _wrong(self, why: str) -> Unreachable:
        self._failed_at = self._now()
        return Unreachable(why)


def trustworthy(address: str) -> bool:
    """Whether nobody on the way can answer in its place: https, or this machine itself."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost"))
    )


def _signed(token: str, keys: KeySet) -> Mapping[str, Any]:
    claims: Mapping[str, Any] = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    return claims


def _moment(claims: Mapping[str, Any], name: str) -> float:
    said = claims.get(name)
    # True is a number too.
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) else 0.0
