"""Writes the documents of one report, run as `python worker.py CPU_SECONDS STEP_BACK < asked > pieces`.

Standard input is a MessagePack `Job`; standard output is pieces (four bytes of length, big-endian, then MessagePack):
{"done": share} while it goes on, {"format", "file"} for each document (with {"runs_over"} if its first page does), {"refused":
why} instead of one, {"faults": [...]} of a template. It steps back behind everybody else as far as it is told.
"""

import os
import resource
import sys
from pathlib import Path

# Run by its path and isolated from whatever the environment says of paths: ours are found from here.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec

from dashboards.reports import csv, docx, json, pdf, template, xlsx
from dashboards.reports.jobs import Format, Job

MEMORY = 3_000_000_000


def main() -> None:
    seconds, step_back = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    os.nice(step_back)
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    if job.figures is None:
        say({"faults": list(template.check(job.template or b""))})
        return
    for place, wanted in enumerate(job.formats):
        say({"done": place / len(job.formats)})
        try:
            file, runs_over = written(job, wanted)
            say({"format": wanted.value, "file": file, "runs_over": runs_over})
        except (pdf.Unset, MemoryError) as failed:
            say({"refused": f"{wanted.value}: {str(failed)[:300]}"})
            return
    say({"done": 1.0})


def written(job: Job, wanted: Format) -> tuple[bytes, bool]:
    """The file, and whether its leader's page runs over."""
    assert job.figures is not None  # noqa: S101 - asked before
    match wanted:
        case Format.DOCX:
            told = docx.paged(job.figures, job.form, job.template)
            return docx.write_out(job.figures, job.form, job.template, told), told.runs_over
        case Format.PDF:
            return pdf.write(job.figures, job.form), False
        case Format.XLSX:
            return xlsx.write(job.figures, job.form), False
        case Format.CSV:
            return csv.write(job.figures, job.form), False
        case Format.JSON:
            return json.write(job.figures, job.form), False


def say(piece: dict[str, object]) -> None:
    told = msgspec.msgpack.encode(piece)
    sys.stdout.buffer.write(len(told).to_bytes(4, "big") + told)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
