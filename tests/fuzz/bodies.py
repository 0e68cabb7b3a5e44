"""What the OpenAPI document lets somebody send, and what it does not, sent by everybody: the answers must be those it names."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as terms
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
LAST = (
    "POST /api/v1/registry/links",
    "POST /api/v1/registry/links/revocation",
    "POST /api/v1/registry/tokens",
    "POST /api/v1/registry/tokens/revocation",
    "DELETE /api/v1/sessions",
    "DELETE /api/v1/session",
)
"""What may take away the keys with which the others knock, the one that surely does at the very end."""
AT_THE_GATE = {"signed_out", "not_allowed", "not_by_token", "csrf", "foreign_origin"}
PATIENCE_S = 30
WALKS = "POST /api/v1/audit/verification"
WALK_PATIENCE_S = 300
"""It walks through all that was ever written, and by then that is much."""
KNOWN = 0.7
"""Of the names in a path, so many are those of something that is there: else everything ends at the first look."""


@schemathesis.serializer("application/vnd.openxmlformats-officedocument.wordprocessingml.document")
def _as_it_is(_context: Any, value: Any) -> bytes:
    """A file is bytes, whatever a chance makes of them."""
    return value if isinstance(value, bytes) else str(value).encode()


@dataclass
class Found:
    asked: int = 0
    let_in: dict[str, bool] = field(default_factory=dict)
    """By operation: whether anybody got past the gate."""
    wrong: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")


def operations(document: Mapping[str, Any]) -> Sequence[Any]:
    schema = schemathesis.openapi.from_dict(dict(document))
    found: list[Any] = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
    plain = [each for each in found if not each.path.startswith("/ws/")]
    return sorted(plain, key=lambda each: LAST.index(each.label) if each.label in LAST else -1)


def sent(
    address: str,
    document: Mapping[str, Any],
    people: Mapping[str, Mapping[str, str]],
    there: Mapping[str, Sequence[str]],
    examples: int,
    chance: int,
    progress: Callable[[Found, str], None] = lambda _found, _operation: None,
) -> Found:
    """Each operation with so many generated requests of each kind, each by everybody. `there`: names for paths."""
    found = Found()
    lines = {name: requests.Session() for name in people}
    for name, line in lines.items():
        line.headers.update(people[name])
    for operation in operations(document):
        for mode in MODES:
            _operation(operation, mode, address, lines, there, examples, chance, found)
        progress(found, operation.label)
    for line in lines.values():
        line.close()
    return found


def _operation(
    operation: Any,
    mode: Any,
    address: str,
    lines: Mapping[str, requests.Session],
    there: Mapping[str, Sequence[str]],
    examples: int,
    chance: int,
    found: Found,
) -> None:
    lots = random.Random(f"{chance} {operation.label} {mode}")

    @seed(chance)
    @terms(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        for name in case.path_parameters or {}:
            if name in there and lots.random() < KNOWN:
                case.path_parameters[name] = lots.choice(there[name])
        for who, line in lines.items():
            _case(case, who, line, address, found)

    try:
        send()
    except (schemathesis.errors.SchemathesisError, Unsatisfiable) as nothing:
        # Where every request is a right one there is no wrong one to make.
        if mode is MODES[0]:
            found.wrong.append(f"{operation.label}: {nothing}")


def _case(case: Any, who: str, line: requests.Session, address: str, found: Found) -> None:
    label, began_s = case.operation.label, time.monotonic()
    found.asked += 1
    try:
        answer = case.call(base_url=address, session=line, timeout=WALK_PATIENCE_S if label == WALKS else PATIENCE_S)
    except requests.RequestException as broken:
        found.wrong.append(f"{label} by {who}: {type(broken).__name__}\n  {case.as_curl_command()[:400]}")
        return
    took_s = time.monotonic() - began_s
    found.slowest = max(found.slowest, (took_s, f"{label} by {who}"))
    outside = answer.status_code in (401, 403) and answer.json()["code"] in AT_THE_GATE
    found.let_in[label] = found.let_in.get(label, False) or not outside
    try:
        case.validate_response(answer, checks=CHECKS)
    except (FailureGroup, Failure) as failed:
        each = failed.exceptions if isinstance(failed, FailureGroup) else [failed]
        told = " / ".join(f"{one.title}: {one.message}"[:300] for one in each)
        found.wrong.append(f"{label} by {who}: {answer.status_code} {told}\n  {case.as_curl_command()[:400]}")
