"""The OpenAPI 3.1 document, made from the doors themselves: what is not declared there is not served."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from pydantic import BaseModel

from endpoints_registry.door import Open, Route

Json = dict[str, Any]

PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457: `code` is for programs, `detail` a sentence for people.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
WORDS = {
    101: "Chuyển sang WebSocket",
    200: "Xong",
    201: "Đã tạo",
    202: "Đã nhận, đang làm",
    204: "Xong, không có nội dung",
    304: "Chưa có gì khác bản đã tải",
    400: "Yêu cầu không đọc được",
    401: "Chưa đăng nhập",
    403: "Không có quyền",
    404: "Không có, hoặc không thuộc phạm vi",
    408: "Nội dung đến quá chậm: gửi lại",
    409: "Người khác đã thay đổi trước, hoặc trạng thái không cho phép",
    413: "Nội dung quá lớn",
    415: "Không phải loại tệp nhận được",
    421: "Tên miền không phải của máy chủ này",
    422: "Nội dung không hợp lệ",
    429: "Thử quá nhiều lần",
    500: "Lỗi của máy chủ",
    503: "Chưa biết kết quả: gửi lại",
}


def document(routes: Iterable[Route], title: str, version: str) -> Json:
    """The whole document. Every answer that a door may give stands in it, those of the gate included."""
    shown = [route for route in routes if not route.hidden]
    schemas: Json = {"Problem": PROBLEM}
    paths: Json = {}
    for route in shown:
        paths.setdefault(_plain(route.path), {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "bridge_session"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def schema_of(kind: type[Any], schemas: Json) -> Json:
    """A reference to the type's schema, which is put under `schemas` with all that it needs."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        made = kind.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
        _keep(schemas, made.pop("$defs", {}) | {kind.__name__: made})
        return {"$ref": f"#/components/schemas/{kind.__name__}"}
    (reference,), components = msgspec.json.schema_components([kind], ref_template="#/components/schemas/{name}")
    _keep(schemas, components)
    return reference


def _keep(schemas: Json, made: Mapping[str, Any]) -> None:
    """Raises ValueError where two types bear one name: the document would tell of one what is true of the other."""
    for name, schema in made.items():
        if not _alike(schemas.setdefault(name, schema), schema):
            raise ValueError(
                f"two types are called {name}; whoever reads the document must tell them apart: rename one"
            )


def _alike(one: Json, other: Json) -> bool:
    # The same list of words is written down by pydantic in one way and by msgspec in another.
    return one == other or ("enum" in one and sorted(one["enum"]) == sorted(other.get("enum", ())))


def _operation(route: Route, schemas: Json) -> Json:
    operation: Json = {
        "summary": route.summary,
        "operationId": f"{route.method.lower()}{re.sub(r'[^A-Za-z0-9]+', '_', route.path)}".rstrip("_"),
        "parameters": [*_path_parameters(route.path), *_query_parameters(route)],
        "responses": _responses(route, schemas),
    }
    if route.rule is not Open.PUBLIC:
        operation["security"] = [{"session": []}, {"bearer": []}]
        operation["x-rule"] = route.rule.value
    if route.body is not None or route.body_type != "application/json":
        schema = schema_of(route.body, schemas) if route.body is not None else {"type": "string", "format": "binary"}
        operation["requestBody"] = {"required": True, "content": {route.body_type: {"schema": schema}}}
    return operation


def _responses(route: Route, schemas: Json) -> Json:
    answers: Mapping[int, type[Any] | None] = route.answers
    types = (route.answer_type,) if isinstance(route.answer_type, str) else route.answer_type
    refusals = {400, 403, 421} if route.method != "GET" or route.socket else {400, 421}
    if route.rule is not Open.PUBLIC:
        refusals |= {401, 403}
    if route.body is not None:
        refusals |= {408, 413, 422}
    if route.costs:
        refusals |= {429}
    # A fault of ours may arise anywhere.
    refusals |= {500}
    responses: Json = {}
    for status in sorted({*answers, *refusals}):
        kind = answers.get(status)
        content: Json = {}
        if status >= 400:
            content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        elif kind is not None:
            content = {each: {"schema": schema_of(kind, schemas)} for each in types}
        elif status == 200 and types != ("application/json",):
            content = {each: {"schema": {"type": "string"}} for each in types}
        responses[str(status)] = {"description": WORDS[status]} | ({"content": content} if content else {})
    return responses


def _plain(path: str) -> str:
    return re.sub(r"{(\w+):[^}]*}", r"{\1}", path)


def _path_parameters(path: str) -> list[Json]:
    names = re.findall(r"{(\w+)", path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(route: Route) -> list[Json]:
    if route.query is None:
        return []
    made = route.query.model_json_schema()
    required = made.get("required", [])
    definitions = made.get("$defs", {})
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _inlined(schema, definitions)}
        for name, schema in made["properties"].items()
    ]


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """A query parameter's schema without references: it is small, and nobody else uses it."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return definitions[schema["$ref"].rsplit("/", 1)[1]]
        return {key: _inlined(value, definitions) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_inlined(each, definitions) for each in schema]
    return schema
