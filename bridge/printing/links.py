"""What stands on a sheet of links: each hall's own, in the order in which it goes out to the districts."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from endpoints_registry.credentials import Link
from endpoints_registry.directory import Directory
from endpoints_registry.points import Point

LINKS = 1_000
"""On one sheet: 125 pages, and some seconds of work. More are printed unit by unit."""


class Hall(TypedDict):
    point: str
    name: str
    place: str
    handle: str
    code: str
    """The text of the QR code: the whole link."""


class Sheet(TypedDict):
    halls: list[Hall]


def ordered(directory: Directory, points: Sequence[Point]) -> list[Point]:
    """By district and commune, as the tree has them: whoever carries the sheets out takes a pile."""
    tree = directory.tree
    place = {
        unit.code: number
        for number, unit in enumerate(unit for root in tree.children(None) for unit in tree.subtree(root.code))
    }
    return sorted(points, key=lambda point: (place[point.unit_code], point.code))


def sheet(directory: Directory, points: Sequence[Point], links: Mapping[str, Link], origin: str) -> Sheet:
    """The halls with their links, in the order given."""
    return {
        "halls": [
            {
                "point": point.code,
                "name": point.name,
                "place": directory.place(point.code),
                "handle": links[point.code].handle,
                "code": origin + links[point.code].path,
            }
            for point in points
        ]
    }
