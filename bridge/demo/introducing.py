"""Where to look while the day is played, and how to get in."""

from collections.abc import Mapping

from rich.console import Console

from bridge.demo.lines import said
from bridge.demo.options import Options
from bridge.house import House
from bridge.rules.wire import rfc3339
from bridge.simulator.deeds import Hand, Story
from bridge.simulator.playing import Keys, Login
from bridge.simulator.staff import Seat

WHO = {
    Hand.STAFF: "ban tổ chức",
    Hand.SECOND: "phó ban tổ chức, duyệt đính chính",
    Hand.COORDINATOR: "điều phối toàn thành phố",
    Hand.INSPECTOR: "tổ kiểm tra đột xuất",
}
LINKS_SHOWN = 20


def introduce(
    options: Options,
    house: House,
    story: Story,
    keys: Keys,
    nearby: Mapping[Seat, Login],
    wall: str,
    stream: str,
) -> None:
    """At a terminal, or as one line of JSON."""
    codes = sorted(keys.links)
    if options.json:
        shown = codes if options.json_all else codes[:LINKS_SHOWN]
        first = {
            "url": house.address,
            "organiser": keys.staff[Hand.STAFF]._asdict(),
            "second_organiser": keys.staff[Hand.SECOND]._asdict(),
            "coordinator": keys.staff[Hand.COORDINATOR]._asdict(),
            "coordinators": [
                login._asdict() | {"unit": seat.unit, "unit_name": seat.unit_name} for seat, login in nearby.items()
            ],
            "inspector": keys.staff[Hand.INSPECTOR]._asdict(),
            "conference": story.plan.conference,
            "points": [{"code": code, "link": keys.links[code], "token": keys.tokens[code]} for code in shown],
            "wall": wall,
            "stream": stream or None,
        }
        said(first)
        return
    console = Console()
    console.print(f"\n  Bảng theo dõi    [bold]{house.address}[/]")
    console.print(f"  Mật khẩu chung   [bold]{keys.staff[Hand.STAFF].password}[/]")
    for hand, who in WHO.items():
        console.print(f"  {'Đăng nhập' if hand is Hand.STAFF else '':<16} {keys.staff[hand].username:<20} {who}")
    for seat, login in nearby.items():
        console.print(f"  {'':<16} {login.username:<20} điều phối {seat.unit_name}")
    console.print(f"  Màn hình treo    {wall}", soft_wrap=True)
    named = {point.code: point.name for point in story.plan.points}
    console.print("  Mở bằng điện thoại (người phụ trách điểm cầu):")
    for code in codes[:3]:
        console.print(f"    {named[code]}: {keys.links[code]}", soft_wrap=True)
    if stream:
        stall, resume = (stream.replace("live.m3u8", word) for word in ("stall", "resume"))
        console.print(f"  Luồng phát thử    {stream}", soft_wrap=True)
        console.print(f"    cho đứng hình: curl -X POST {stall}   cho chạy tiếp: curl -X POST {resume}", soft_wrap=True)
    pace = "nhanh hết mức" if options.until_end else f"nhanh gấp {options.speed:g} lần"
    console.print(f"  {len(codes)} điểm cầu, ngày {rfc3339(story.starts_ms)[:10]}, {pace}. Ctrl-C để dừng.\n")
