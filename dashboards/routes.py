"""The pages' addresses: a thin frame each, filled over the API and the board's socket."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from dashboards import assets as files
from dashboards import language
from dashboards.assets import Assets
from dashboards.language import Catalogue
from endpoints_registry.access import Action
from endpoints_registry.door import Open, Route
from endpoints_registry.gate import local

TEMPLATES = Path(__file__).parent / "templates"
THEME_COOKIE = "theme"
THEMES = {"light", "dark"}


@dataclass(frozen=True, slots=True)
class Pages:
    """What drawing a page takes: templates, files with their versions, languages."""

    templates: Environment
    assets: Assets
    languages: Mapping[str, Catalogue]

    def words(self, spoken: str) -> str:
        """The address of a language's catalogue; "" for Vietnamese, which has none."""
        return "" if spoken == language.VIETNAMESE else self.assets.url(f"locale/{spoken}.json")

    def draw(self, request: web.Request, name: str, *, spoken_in: str = "", **given: object) -> web.Response:
        """`spoken_in` goes before what the browser has kept."""
        wanted = spoken_in or request.cookies.get(language.COOKIE, language.VIETNAMESE)
        spoken = self.languages.get(wanted, self.languages[language.VIETNAMESE])
        theme = request.cookies.get(THEME_COOKIE, "")
        text = self.templates.get_template(name).render(
            _=spoken,
            language=spoken.language,
            languages=sorted(self.languages),
            theme=theme if theme in THEMES else "",
            words=self.words(spoken.language),
            static=self.assets.url,
            modules=self.assets.modules,
            **given,
        )
        return web.Response(text=text, content_type="text/html", headers={"Vary": "Cookie"})


@cache
def prepared() -> Pages:
    """Templates, files and catalogues, read and packed once by a process (0.2 s), however many houses it opens."""
    languages = language.read()
    catalogues = {f"locale/{name}.json": each.json() for name, each in languages.items() if each.words}
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return Pages(templates, files.read(extra=catalogues), languages)


def routes(pages: Pages, city: str | None = None) -> list[Route]:
    """The pages of the organiser's board, and the files they load.

    `city` is what the city's own sign-in service is called ("": nothing in particular); None where there is none.
    """

    async def board(request: web.Request) -> web.StreamResponse:
        return pages.draw(request, "board.html")

    async def checks(request: web.Request) -> web.StreamResponse:
        return pages.draw(request, "checks.html")

    async def compare(request: web.Request) -> web.StreamResponse:
        return pages.draw(request, "compare.html")

    async def login(request: web.Request) -> web.StreamResponse:
        wanted = request.query.get("next", "/")
        away = f"/login/oidc?next={quote(wanted, safe='')}" if local(wanted) else "/login/oidc"
        # Why that service did not open the door: one of the template's own words, or nothing.
        return pages.draw(request, "login.html", city=city, away=away, refused=request.query.get("refused", ""))

    async def admin(request: web.Request) -> web.StreamResponse:
        return pages.draw(request, "admin.html")

    async def reports(request: web.Request) -> web.StreamResponse:
        return pages.draw(request, "reports.html")

    async def wall(request: web.Request) -> web.StreamResponse:
        # Nobody sits before it who could choose a language: its address says it, or later its link.
        catalogues = {name: pages.words(name) for name in pages.languages}
        return pages.draw(request, "wall.html", spoken_in=request.query.get("lang", ""), catalogues=catalogues)

    async def static(request: web.Request) -> web.StreamResponse:
        return pages.assets.answer(request.match_info["path"], request)

    return [
        Route("GET", "/", board, Action.SEE_BOARD, "Bảng theo dõi", page=True, hidden=True),
        Route("GET", "/units/{code}", board, Action.SEE_BOARD, "Bảng của một đơn vị", page=True, hidden=True),
        Route("GET", "/points/{code}", board, Action.SEE_BOARD, "Một điểm cầu", page=True, hidden=True),
        # Whoever has an account looks after their own keys there; what else they find, the session's answer says.
        Route("GET", "/reports", reports, Action.SEE_BOARD, "Chốt, ký, báo cáo", page=True, hidden=True),
        Route("GET", "/admin", admin, Open.SIGNED_IN, "Quản trị", page=True, hidden=True),
        Route("GET", "/checks", checks, Action.SPOT_CHECK, "Kiểm tra đột xuất", page=True, hidden=True),
        Route("GET", "/compare", compare, Action.SEE_BOARD, "So sánh các hội nghị", page=True, hidden=True),
        Route("GET", "/login", login, Open.PUBLIC, "Đăng nhập", page=True, hidden=True),
        # It opens for everybody and shows nothing: what it hangs there for, its link says.
        Route("GET", "/wall", wall, Open.PUBLIC, "Màn hình treo", page=True, hidden=True),
        Route("GET", "/static/{path:.+}", static, Open.PUBLIC, "Tệp của các trang", hidden=True),
    ]
