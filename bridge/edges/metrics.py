"""Figures about the server itself, for Prometheus: read where they lie when somebody asks, and for nobody of the public."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import structlog
from aiohttp import hdrs, web
from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bridge.coordinator import Turned
from endpoints_registry.arriving import Network, came_from, loopback, within
from endpoints_registry.door import Open, Route, nowhere

log = structlog.get_logger("metrics")

LOOK_EVERY_S = 1.0
"""How often the loop's lag is taken."""
PASSED_ON = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")
"""What is asked for somebody else says so: a proxy on this machine that nobody has named is the whole world, not this machine."""
BATCHES = (1, 2, 5, 10, 20, 50, 100, 200, 500)
COMMITS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
LAGS_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)

Readings = Mapping[tuple[str, ...], float]
"""By the values of the labels; without labels by ()."""


@dataclass(frozen=True)
class Source:
    """One figure: what it is called and where it is read. Counters' names end in `_total`."""

    kind: Literal["gauge", "counter"]
    name: str
    what: str
    read: Callable[[], Readings]
    labels: Sequence[str] = ()


@dataclass(frozen=True)
class Terms:
    """Who may read them."""

    networks: Sequence[Network] = ()
    this_machine: bool = True
    """Not where a proxy of this machine speaks for everybody and does not say so."""
    token: str = ""
    """Opens to whoever has it, wherever they are."""


class Metrics(Collector):
    def __init__(self, terms: Terms, sources: Sequence[Source], queue: Callable[[], Awaitable[Readings]]) -> None:
        """`queue` says how many letters wait for each way out."""
        self._terms = terms
        self._sources = sources
        self._queue = queue
        self._waiting: Readings = {}
        self._outcomes: dict[tuple[str, ...], float] = {}
        self._registry = CollectorRegistry(auto_describe=False)
        self._batches = Histogram(
            "bridge_batch_size", "Acts and commands in one turn", buckets=BATCHES, registry=self._registry
        )
        self._commits = Histogram(
            "bridge_commit_seconds", "Deciding and recording one turn", buckets=COMMITS_S, registry=self._registry
        )
        self._lag = Histogram(
            "bridge_loop_lag_seconds", "How late the loop comes to what is due", buckets=LAGS_S, registry=self._registry
        )
        ProcessCollector(registry=self._registry)
        self._registry.register(self)

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                "/metrics",
                self.told,
                Open.PUBLIC,
                "Số liệu vận hành cho Prometheus; chỉ cho máy được phép",
                hidden=True,
            ),
        )

    async def told(self, request: web.Request) -> web.Response:
        if not self._may_read(request):
            raise nowhere()
        try:
            self._waiting = await self._queue()
        except (DBAPIError, PoolTimeout) as failed:
            # Everything else is worth more just then.
            log.warning("queue-not-read", why=type(failed).__name__)
            self._waiting = {}
        return web.Response(body=generate_latest(self._registry), headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_LATEST})

    def turned(self, turn: Turned) -> None:
        """After each turn of a street: once for all that it carried."""
        self._batches.observe(turn.asked)
        self._commits.observe(turn.seconds)
        for outcome, many in (
            ("accepted", turn.accepted),
            ("refused", turn.refused),
            ("duplicate", turn.duplicate),
            ("unknown", turn.unknown),
        ):
            if many:
                key = (turn.conference, outcome)
                self._outcomes[key] = self._outcomes.get(key, 0) + many

    async def run(self) -> None:
        """Look how late the loop is, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due_s = loop.time() + LOOK_EVERY_S
            await asyncio.sleep(LOOK_EVERY_S)
            self._lag.observe(max(0.0, loop.time() - due_s))

    def collect(self) -> Iterator[Metric]:
        for source in (*self._sources, *self._own()):
            family = (GaugeMetricFamily if source.kind == "gauge" else CounterMetricFamily)(
                source.name, source.what, labels=list(source.labels)
            )
            for values, figure in source.read().items():
                family.add_metric(list(values), figure)
            yield family

    def _own(self) -> tuple[Source, ...]:
        return (
            Source(
                "counter",
                "bridge_acts_total",
                "Acts by what became of them",
                lambda: self._outcomes,
                ("conference", "outcome"),
            ),
            Source("gauge", "bridge_post_waiting", "Letters on their way out", lambda: self._waiting, ("channel",)),
        )

    def _may_read(self, request: web.Request) -> bool:
        kind, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if self._terms.token and kind.lower() == "bearer":
            return hmac.compare_digest(token.strip().encode(errors="replace"), self._terms.token.encode())
        address = came_from(request)
        passed_on = any(name in request.headers for name in PASSED_ON)
        return (self._terms.this_machine and loopback(address) and not passed_on) or within(
            self._terms.networks, address
        )
