"""The address under which a conference is made: its sittings, the points that a rule chooses, whom they summon."""

import structlog
from aiohttp import web

from endpoints_registry.access import Action
from endpoints_registry.bodies.making import ConferenceBody, ConferenceMade
from endpoints_registry.conferences import Impossible, chosen
from endpoints_registry.directory import Directory
from endpoints_registry.door import CALLER, Problem, Route
from endpoints_registry.registry import Registry
from endpoints_registry.taking import answer, body_of
from endpoints_registry.words import TYPES

log = structlog.get_logger("registry")


class Making:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "POST",
                "/api/v1/conferences",
                self.make_conference,
                Action.GOVERN,
                "Lập hội nghị: các buổi, các đợt báo cáo, điểm cầu chọn theo quy tắc, số triệu tập",
                body=ConferenceBody,
                answers={201: ConferenceMade, 409: None, 422: None},
            ),
        )

    async def make_conference(self, request: web.Request) -> web.Response:
        body = await body_of(request, ConferenceBody)
        try:
            conference = body.conference()
        except Impossible as impossible:
            raise Problem(422, "impossible", str(impossible)) from impossible
        directory = self._registry.on(conference.day)
        if conference.unit_code not in directory.tree.units:
            raise Problem(
                422, "impossible", f"Không có đơn vị mã {conference.unit_code} vào {conference.day:%d/%m/%Y}."
            )
        below = set(directory.tree.subtree(conference.unit_code))
        codes = {unit.code for unit in below}
        among = [point for point in directory.points.values() if point.unit_code in codes]
        taken = {point.code for point in chosen(among, directory.tree, body.points.choice())}
        _check_choice(body, directory, taken, {sitting.id for sitting in conference.sittings})
        kept = [
            each
            for each in self._registry.holdings.points
            if each.point.code in taken and each.unit.stands_on(conference.day)
        ]
        summoned = {(sitting, point): n for sitting, some in body.expected.items() for point, n in some.items()}
        try:
            await self._registry.create_conference(conference, kept, summoned)
        except Impossible as impossible:
            raise Problem(409, "exists", str(impossible)) from impossible
        log.info("conference-made", conference=conference.id, points=len(kept), by=request[CALLER].name)
        sittings = [sitting.id for sitting in conference.sittings]
        return answer(ConferenceMade(id=conference.id, points=len(kept), sittings=sittings), 201)


def _check_choice(body: ConferenceBody, directory: Directory, taken: set[str], sittings: set[str]) -> None:
    """Refuse a choice that names what does not exist, or takes nobody: a typing mistake must not shrink the list."""
    known = directory.tree.units.keys() | directory.points.keys()
    lacking = sorted((body.points.under | body.points.codes | body.points.but) - known)
    if lacking:
        raise Problem(422, "impossible", f"Không có đơn vị hay điểm cầu mã {', '.join(lacking[:5])}.")
    if wrong := sorted(body.points.types - TYPES.keys()):
        raise Problem(
            422, "impossible", f"Không có loại điểm cầu {', '.join(wrong[:5])}; các loại là {', '.join(TYPES)}."
        )
    if not taken:
        raise Problem(422, "impossible", "Quy tắc chọn không lấy điểm cầu nào.")
    if wrong := sorted(body.expected.keys() - sittings):
        raise Problem(
            422, "impossible", f"Không có buổi {', '.join(wrong[:5])}; các buổi là {', '.join(sorted(sittings))}."
        )
    strangers = sorted({point for some in body.expected.values() for point in some} - taken)
    if strangers:
        raise Problem(422, "impossible", f"Số triệu tập nêu điểm cầu không được chọn: {', '.join(strangers[:5])}.")
