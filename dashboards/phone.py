"""The operator's page: `/p/<handle>`, the same bytes for every hall, because who it is stands behind the `#`."""

import gzip
import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboards.assets import ASK_AGAIN, Asset, Assets
from endpoints_registry.access import Action
from endpoints_registry.door import Open, Problem, Route
from endpoints_registry.dressing import HEADERS
from endpoints_registry.taking import answer

TEMPLATES = Path(__file__).parent / "templates"
READER = Path(__file__).parent / "static/phone/zxing/zxing_reader.wasm"

ASIDE = {"phone/english.js", "phone/patience.js", "phone/page.js", "phone/worker.js", "phone/attend.js"}
"""Modules that the page does not fetch ahead: chosen by few, or named by the page itself."""

FRAME = "/p/-"
"""Any handle gives the same page; the worker keeps it under this one."""


class Broadcast(msgspec.Struct, frozen=True):
    """Where the conference's broadcast is."""

    url: str


def policy(broadcast: str = "") -> Mapping[str, str]:
    """What the page may do. Only where badges are read may a page compile what it has fetched from us; and it may look for
    the broadcast, where there is one, at that one address. The gate's own headers fill in the rest."""
    whole = HEADERS["Content-Security-Policy"].replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
    if broadcast:
        where = urlsplit(broadcast)
        # A name and a password that stand before the host are nobody's business and no part of an origin.
        origin = f"{where.scheme}://{where.netloc.rpartition('@')[2]}"
        whole = whole.replace("connect-src 'self'", f"connect-src 'self' {origin}")
    return {"Content-Security-Policy": whole}


def page(assets: Assets, broadcast: str = "") -> bytes:
    """The page's HTML. It names every module, so that a slow line fetches them side by side and not one after another.

    It opens for strangers too, so it says only whether there is a broadcast, and not where.
    """
    return _drawn("phone.html", base=assets.base(), modules=_modules(assets), broadcast=bool(broadcast))


def _modules(assets: Assets) -> list[str]:
    """What the page draws on from its first moment; what lies in a folder of its own waits until it is wanted."""
    return sorted(
        name.removeprefix("phone/")
        for name in assets.files
        if name.startswith("phone/") and name.endswith(".js") and name.count("/") == 1 and name not in ASIDE
    )


def _drawn(template: str, **given: object) -> bytes:
    return _templates().get_template(template).render(**given).encode()


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def worker(assets: Assets, broadcast: str = "") -> bytes:
    """The service worker: which files make this version of the page, and how they are kept."""
    modules = [f"phone/{name}" for name in _modules(assets)]
    later = sorted(name for name in assets.files if name.startswith(("phone/door/", "phone/check/")))
    files = ["phone.css", "phone/page.js", "phone/patience.js", *modules, *later]
    # The page itself is part of the version, with what it may do: another frame is another worker, even over the same files.
    frame = page(assets, broadcast) + "".join(policy(broadcast).values()).encode()
    version = sha256(assets.version.encode() + frame).hexdigest()[:12]
    shell = {"version": version, "page": FRAME, "files": [assets.url(name) for name in files]}
    return f"self.SHELL = {json.dumps(shell)};\n".encode() + assets.files["phone/worker.js"].body


def manifest(assets: Assets, handle: str) -> bytes:
    """What the icon on a home screen opens. The secret stays with the page; the address alone opens nothing."""
    icons = [{"src": assets.url("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}]
    told = {
        "name": "Điểm cầu",
        "short_name": "Điểm cầu",
        "lang": "vi",
        "id": f"/p/{handle}",
        "start_url": f"/p/{handle}",
        "scope": "/p/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": icons,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def routes(assets: Assets, broadcast: str = "") -> list[Route]:
    """The page, what makes it open without a network, and the small page of a person's own phone.

    `/p/{handle}` opens for every handle, true or not, so it tells a guesser nothing; the exchange decides. `broadcast` is the
    address of the playlist that halls may look for on their phones; empty: they may not.
    """
    html, allowed, own = page(assets, broadcast), policy(broadcast), _drawn("phone_attend.html", base=assets.base())
    kept = Assets(
        assets.version,
        {
            "sw.js": _asset("text/javascript; charset=utf-8", worker(assets, broadcast)),
            "zxing.wasm": _reader(),
        },
    )

    async def show(request: web.Request) -> web.Response:
        return _packed(request, html, "text/html", allowed)

    async def show_own(request: web.Request) -> web.Response:
        return _packed(request, own, "text/html", policy())

    async def show_broadcast(_request: web.Request) -> web.Response:
        if not broadcast:
            raise Problem(404, "no_broadcast", "Máy chủ chưa được đặt địa chỉ luồng phát (broadcast.url).")
        return answer(Broadcast(broadcast))

    async def show_manifest(request: web.Request) -> web.Response:
        told = manifest(assets, request.match_info["handle"])
        return _packed(request, told, "application/manifest+json", {"Cache-Control": ASK_AGAIN})

    async def show_kept(request: web.Request) -> web.Response:
        return kept.answer(request.path.removeprefix("/p/"), request)

    return [
        Route("GET", "/p/sw.js", show_kept, Open.PUBLIC, "The worker that opens the page offline", hidden=True),
        Route("GET", "/p/zxing.wasm", show_kept, Open.PUBLIC, "The reader of badges", hidden=True),
        Route("GET", "/p/{handle}", show, Open.PUBLIC, "The operator's page", page=True, hidden=True),
        Route(
            "GET", "/p/{handle}/manifest.webmanifest", show_manifest, Open.PUBLIC, "The page's manifest", hidden=True
        ),
        Route(
            "GET",
            "/api/v1/desk/broadcast",
            show_broadcast,
            Action.ACT,
            "Địa chỉ luồng phát, để điện thoại của điểm cầu xem có đang phát hay không",
            answers={200: Broadcast, 404: None},
        ),
        Route("GET", "/c/{point}", show_own, Open.PUBLIC, "A person checks in by phone", page=True, hidden=True),
    ]


@cache
def _reader() -> Asset:
    """A megabyte: packed once by a process."""
    return _asset("application/wasm", READER.read_bytes())


def _asset(kind: str, body: bytes) -> Asset:
    return Asset(kind, sha256(body).hexdigest()[:20], body, gzip.compress(body, 9, mtime=0))


def _packed(request: web.Request, body: bytes, kind: str, headers: Mapping[str, str]) -> web.Response:
    given = dict(headers) | {"Vary": "Accept-Encoding"}
    charset = "utf-8" if kind == "text/html" else None
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        given["Content-Encoding"] = "gzip"
        return web.Response(body=gzip.compress(body, 6, mtime=0), content_type=kind, charset=charset, headers=given)
    return web.Response(body=body, content_type=kind, charset=charset, headers=given)
