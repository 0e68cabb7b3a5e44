"""A report as JSON: the figures themselves, from which every other file can be made again, and the document's fields."""

import msgspec

from dashboards.reports.figures import Figures
from dashboards.reports.form import Form


def write(figures: Figures, form: Form) -> bytes:
    told = {"form": msgspec.to_builtins(form), "figures": msgspec.to_builtins(figures)}
    return msgspec.json.format(msgspec.json.encode(told, order="deterministic"), indent=1)
