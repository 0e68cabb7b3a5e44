"""Whether the server lives, and whether it can take acts."""

from aiohttp import web

from bridge.halls import Halls
from endpoints_registry.door import Open, Problem, Route
from endpoints_registry.taking import answer


class Health:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls

    def routes(self) -> tuple[Route, ...]:
        return (
            Route("GET", "/healthz", self.alive, Open.PUBLIC, "Máy chủ đang chạy", answers={200: dict}),
            Route(
                "GET", "/readyz", self.ready, Open.PUBLIC, "Máy chủ nhận được báo cáo", answers={200: dict, 503: None}
            ),
        )

    async def alive(self, _request: web.Request) -> web.Response:
        return answer({"alive": True})

    async def ready(self, _request: web.Request) -> web.Response:
        """The streets are open and none refused its last batch."""
        # How many, not which: this door is open to everybody.
        if stuck := sum(not hall.coordinator.recording for hall in self._halls):
            raise Problem(503, "not_recording", f"Chưa ghi được báo cáo của {stuck} hội nghị.")
        return answer({"ready": True})
