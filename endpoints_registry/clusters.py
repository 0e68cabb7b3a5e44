"""Clusters (cụm) over HTTP: which units somebody of ours watches together, whatever they are administratively."""

from collections import Counter
from collections.abc import Mapping

import structlog
from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry.access import Action
from endpoints_registry.bodies.staff import ClusterBody, ClustersAnswer, ClusterTold, ClusterUnitTold, NewClusterBody
from endpoints_registry.database import alone
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.registry import Registry
from endpoints_registry.signing import person
from endpoints_registry.tables import ACCOUNT, API_TOKEN, CLUSTER, CLUSTER_UNIT, DUTY_SHIFT
from endpoints_registry.taking import answer, body_of
from endpoints_registry.units import Cluster, assign_cluster

log = structlog.get_logger("clusters")

USERS = (
    (API_TOKEN, API_TOKEN.c.scope, "mã API"),
    (DUTY_SHIFT, DUTY_SHIFT.c.unit_code, "ca trực"),
)
"""What else names a cluster, and in which column."""
CLUSTERS = 1_000


class Clusters:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def routes(self) -> tuple[Route, ...]:
        every, one = "/api/v1/clusters", "/api/v1/clusters/{cluster}"
        return (
            Route(
                "GET",
                every,
                self.listed,
                Action.APPOINT,
                "Các cụm và đơn vị trong từng cụm",
                answers={200: ClustersAnswer},
            ),
            Route(
                "POST",
                every,
                self.make,
                Action.APPOINT,
                "Lập cụm",
                body=NewClusterBody,
                answers={201: ClusterTold, 409: None, 422: None},
            ),
            Route("GET", one, self.one, Action.APPOINT, "Một cụm", answers={200: ClusterTold, 404: None}),
            Route(
                "PUT",
                one,
                self.change,
                Action.APPOINT,
                "Đổi tên cụm và các đơn vị trong cụm",
                body=ClusterBody,
                answers={200: ClusterTold, 404: None, 422: None},
            ),
            Route(
                "DELETE",
                one,
                self.dissolve,
                Action.APPOINT,
                "Bỏ cụm không còn ai phụ trách",
                answers={204: None, 404: None, 409: None},
            ),
        )

    async def listed(self, request: web.Request) -> web.Response:
        person(request)
        watching = await self._watching()
        told = [self._told(cluster, watching) for cluster in self._registry.holdings.clusters]
        return answer(ClustersAnswer(clusters=told))

    async def one(self, request: web.Request) -> web.Response:
        person(request)
        return answer(self._told(self._known(request), await self._watching()))

    async def make(self, request: web.Request) -> web.Response:
        person(request)
        body = await body_of(request, NewClusterBody)
        units = self._units(body)
        async with self._registry.store.writing() as connection:
            await alone(connection, "clusters")
            taken = {row.code for row in await connection.execute(select(CLUSTER.c.code))}
            if body.code in taken:
                raise Problem(409, "exists", f"Đã có cụm mã {body.code}.")
            if len(taken) >= CLUSTERS:
                raise Problem(409, "too_many", f"Đã có {CLUSTERS} cụm; hãy bỏ bớt cụm không dùng.")
            cluster = Cluster(body.code or _next(taken), body.name, units)
            await assign_cluster(connection, cluster)
        return await self._done(request, "cluster-made", cluster, 201)

    async def change(self, request: web.Request) -> web.Response:
        person(request)
        body = await body_of(request, ClusterBody)
        cluster = Cluster(self._known(request).code, body.name, self._units(body))
        async with self._registry.store.writing() as connection:
            await assign_cluster(connection, cluster)
        return await self._done(request, "cluster-changed", cluster, 200)

    async def dissolve(self, request: web.Request) -> web.Response:
        person(request)
        cluster = self._known(request)
        async with self._registry.store.writing() as connection:
            await _check_unused(connection, cluster.code)
            await connection.execute(CLUSTER_UNIT.delete().where(CLUSTER_UNIT.c.cluster_code == cluster.code))
            await connection.execute(CLUSTER.delete().where(CLUSTER.c.code == cluster.code))
        await self._registry.reload()
        log.info("cluster-dissolved", cluster=cluster.code, by=request[CALLER].name)
        return web.Response(status=204)

    async def _done(self, request: web.Request, event: str, cluster: Cluster, status: int) -> web.Response:
        await self._registry.reload()
        log.info(event, cluster=cluster.code, units=len(cluster.units), by=request[CALLER].name)
        return answer(self._told(cluster, await self._watching()), status)

    def _known(self, request: web.Request) -> Cluster:
        wanted = request.match_info["cluster"]
        for cluster in self._registry.holdings.clusters:
            if cluster.code == wanted:
                return cluster
        raise nowhere()

    def _units(self, body: ClusterBody) -> frozenset[str]:
        # Of any day: a cluster may be made for a reorganisation that is still to come.
        known = {unit.code for unit in self._registry.holdings.units}
        if lacking := sorted(set(body.units) - known):
            raise Problem(422, "unknown_units", f"Không có đơn vị mã {', '.join(lacking[:5])}.")
        return frozenset(body.units)

    async def _watching(self) -> Mapping[str, int]:
        """How many accounts, closed ones too, watch over each scope."""
        async with self._registry.store.reading() as connection:
            rows = await connection.execute(select(ACCOUNT.c.scope).where(ACCOUNT.c.scope.is_not(None)))
            return Counter(row.scope for row in rows)

    def _told(self, cluster: Cluster, watching: Mapping[str, int]) -> ClusterTold:
        directory = self._registry.directory
        units = [
            ClusterUnitTold(
                code=code,
                name=directory.tree.units[code].name if code in directory.tree.units else "",
                parent_name=directory.parent_name(code),
            )
            for code in sorted(cluster.units)
        ]
        return ClusterTold(code=cluster.code, name=cluster.name, units=units, accounts=watching.get(cluster.code, 0))


async def _check_unused(connection: AsyncConnection, code: str) -> None:
    """A scope that stands for nothing would shut somebody out without a word."""
    users = await connection.scalar(select(func.count()).select_from(ACCOUNT).where(ACCOUNT.c.scope == code))
    if users:
        raise Problem(409, "in_use", f"Cụm {code} còn {users} tài khoản phụ trách; hãy chuyển họ sang nơi khác trước.")
    for table, column, what in USERS:
        if (await connection.execute(select(table).where(column == code).limit(1))).first():
            raise Problem(409, "in_use", f"Cụm {code} còn {what} dùng đến; hãy đổi trước khi bỏ cụm.")


def _next(taken: set[str]) -> str:
    number = 1
    while f"C-{number:02d}" in taken:
        number += 1
    return f"C-{number:02d}"
