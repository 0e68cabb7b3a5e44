"""A report as one CSV file: table under table, for programs that read nothing else."""

import csv
import io

from dashboards.reports import spelling
from dashboards.reports.figures import Figures
from dashboards.reports.form import Form
from dashboards.reports.tables import Cell, Kind
from dashboards.reports.word import clean
from endpoints_registry.exporting import inert

MARK = b"\xef\xbb\xbf"
"""Without it Excel takes UTF-8 for something else."""


def write(figures: Figures, form: Form) -> bytes:
    """Each table: its title, its heads, its rows, an empty line. Numbers as programs write them, moments as ISO 8601."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for table in figures.tables:
        writer.writerow([inert(clean(table.title))])
        writer.writerow([inert(clean(column.title)) for column in table.columns])
        kinds = [column.kind for column in table.columns]
        for row in (*table.rows, *([table.totals] if table.totals else [])):
            writer.writerow([_cell(value, kind) for value, kind in zip(row, kinds, strict=True)])
        writer.writerow([])
    return MARK + out.getvalue().encode()


def _cell(value: Cell, kind: Kind) -> str | int:
    if isinstance(value, float) and kind in (Kind.PERCENT, Kind.MINUTES):
        return f"{value:.1f}"
    if isinstance(value, int | float) and kind in (Kind.DATETIME, Kind.TIME):
        return spelling.local(round(value)).isoformat(timespec="seconds")
    if isinstance(value, float):
        return str(value)
    return inert(clean(value) if isinstance(value, str) else value)
