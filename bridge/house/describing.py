"""The documents about the doors: OpenAPI for the requests, JSON Schema for the frames of both sockets."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from aiohttp import web

from bridge.rules import acts, wire
from endpoints_registry import openapi
from endpoints_registry.door import Open, Route


def described(served: Sequence[Route]) -> tuple[Route, ...]:
    """Two doors more, which describe those and themselves."""

    # Made once: everybody may ask, and to make them takes longer than most answers.
    @functools.cache
    def made(what: str) -> bytes:
        doors = [*served, *about]
        return msgspec.json.encode(
            openapi.document(doors, "Bridge points", "1") if what == "document" else frame_schemas()
        )

    async def document(_request: web.Request) -> web.Response:
        return web.Response(body=made("document"), content_type="application/json")

    async def frames(_request: web.Request) -> web.Response:
        return web.Response(body=made("frames"), content_type="application/json")

    about = (
        Route("GET", "/api/v1/openapi.json", document, Open.PUBLIC, "Mô tả giao diện lập trình (OpenAPI 3.1)"),
        Route("GET", "/api/v1/frames.json", frames, Open.PUBLIC, "Mô tả các khung tin của hai WebSocket (JSON Schema)"),
    )
    return about


def frame_schemas() -> Mapping[str, Any]:
    """JSON Schema of every frame on both sockets, by who says it."""
    schemas: dict[str, Any] = {}
    told = {
        "room_says": wire.RoomSays,
        "server_says_to_room": wire.ServerSays,
        "act": acts.AnyAct,
        "screen_says": wire.Watch,
        "server_says_to_screen": wire.Snapshot | wire.Delta | wire.Notice,
    }
    return {
        "close_codes": {str(close.value): close.name.lower() for close in wire.Close},
        "frames": {name: openapi.schema_of(kind, schemas) for name, kind in told.items()},  # type: ignore[arg-type]
        "components": {"schemas": schemas},
    }
