"""The two forms as files."""

from pathlib import Path

from dashboards.reports.form import FormKind

HERE = Path(__file__).parent


def shipped(kind: FormKind) -> bytes:
    """The shipped template of a form: what an office edits in Word."""
    return (HERE / f"{kind.value}.docx").read_bytes()
