"""Whose conference it is: it exists for whoever has a hall in it, and for those who hold everything."""

from bridge.rules.scene import Scene
from endpoints_registry.access import Caller


def has_part(scene: Scene, caller: Caller) -> bool:
    """Whether the conference has anything of the caller's; to everybody else it does not exist."""
    if caller.point is not None:
        return caller.point in scene.state.points
    # The plan holds the whole tree, halls or not; sums there are only above halls.
    return caller.everywhere or not caller.units.isdisjoint(scene.rollup.tallies)


def own_unit(scene: Scene, caller: Caller) -> str:
    """Where somebody looks who names no unit: "" is everything, else the first of their own that has halls in it.

    A cluster has several: the others are a click away.
    """
    return "" if caller.everywhere else min(caller.units & scene.rollup.tallies.keys(), default="")
