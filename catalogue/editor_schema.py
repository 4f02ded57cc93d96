"""JSON Schema of the file, for editors: keys proposed and faults underlined while one types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from catalogue.schema import Catalogue

_SECTIONS = ("categories", "operators", "services")


def editor_schema(profiles: Iterable[str]) -> dict[str, Any]:
    """Describe `services.yaml` as people write it; `profiles` are those that a probe may name."""
    schema: dict[str, Any] = Catalogue.model_json_schema()
    schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    schema["title"] = "Catalogue of services"
    schema["required"] = list(_SECTIONS)
    schema["properties"]["services"]["minItems"] = 1
    definitions = schema["$defs"]
    definitions["Probe"]["properties"]["profile"] = {"type": "string", "enum": sorted(profiles)}
    hour = {"type": "string", "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$"}
    for name in ("opens", "closes"):
        definitions["Support"]["properties"][name] = hour
    _simplify(schema)
    return schema


def _simplify(node: Any) -> None:
    """Take out nulls and defaults: an empty value is refused, a key left out says as much."""
    if isinstance(node, list):
        for item in node:
            _simplify(item)
    if not isinstance(node, dict):
        return
    if "default" in node and not isinstance(node["default"], str | int):
        del node["default"]
    options = [item for item in node.get("anyOf", ()) if item != {"type": "null"}]
    if "anyOf" in node and len(options) == 1:
        del node["anyOf"]
        node.update(options[0])
    for value in node.values():
        _simplify(value)
