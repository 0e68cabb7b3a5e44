"""The operator's page: `/p/<handle>`, the same bytes for every hall, because who it is stands behind the `#`."""

from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboards.assets import Assets
from endpoints_registry.gate import Open, Route

TEMPLATES = Path(__file__).parent / "templates"

ASIDE = {"phone/english.js", "phone/patience.js", "phone/page.js"}
"""Modules that the page does not fetch ahead: chosen by few, or named by the page itself."""


def page(assets: Assets) -> bytes:
    """The page's HTML. It names every module, so that a slow line fetches them side by side and not one after another."""
    modules = sorted(
        name.removeprefix("phone/")
        for name in assets.files
        if name.startswith("phone/") and name.endswith(".js") and name not in ASIDE
    )
    room = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return room.get_template("phone.html").render(base=assets.base(), modules=modules).encode()


def routes(assets: Assets) -> list[Route]:
    """`/p/{handle}`: it opens for every handle, true or not, so it tells a guesser nothing; the exchange decides."""
    html = page(assets)

    async def show(_request: web.Request) -> web.Response:
        return web.Response(body=html, content_type="text/html", charset="utf-8")

    return [Route("GET", "/p/{handle}", show, Open.PUBLIC, "The operator's page", page=True, hidden=True)]
