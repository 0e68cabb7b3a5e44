"""Percentages that add up: what is left over by cutting goes to those from whom most was cut."""

from collections.abc import Sequence


def shares(parts: Sequence[int], tenths: int = 1_000) -> tuple[float, ...]:
    """Each part of their sum in per cent, with one decimal; together exactly 100,0. All 0.0 where there is nothing.

    Largest remainder (Hamilton), in whole numbers; of equal remainders the earlier part wins, so that the same figures
    always read the same.
    """
    if any(part < 0 for part in parts):
        raise ValueError("chỉ chia được số không âm")
    whole = sum(parts)
    if not whole:
        return tuple(0.0 for _ in parts)
    cut = [tenths * part // whole for part in parts]
    left = tenths - sum(cut)
    by_remainder = sorted(range(len(parts)), key=lambda place: (-(tenths * parts[place] % whole), place))
    for place in by_remainder[:left]:
        cut[place] += 1
    return tuple(each / 10 for each in cut)
