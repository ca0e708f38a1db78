"""As much of JSON Schema as ours use; a keyword that it does not know is an error."""

import re
from typing import Any

_KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
_ABOUT = {"$schema", "$defs", "title", "description", "default"}


def faults(value: Any, shape: dict[str, Any], whole: dict[str, Any]) -> list[str]:
    """What of a value does not fit."""
    found: list[str] = []
    for keyword, wanted in shape.items():
        match keyword:
            case "$ref":
                found += faults(value, whole["$defs"][wanted.rpartition("/")[2]], whole)
            case "anyOf":
                if all(faults(value, each, whole) for each in wanted):
                    found.append(f"{value!r} is none of them")
            case "type":
                is_kind = isinstance(value, _KINDS[wanted]) and (wanted == "boolean" or value is not True)
                found += [] if is_kind else [f"{value!r} is no {wanted}"]
            case "enum":
                found += [] if value in wanted else [f"{value!r} is not in {wanted}"]
            case "pattern":
                fits = isinstance(value, str) and re.search(wanted, value)
                found += [] if fits else [f"{value!r} is not like {wanted}"]
            case "minimum" | "maximum":
                fits = isinstance(value, int) and (
                    value >= wanted if keyword == "minimum" else value <= wanted
                )
                found += [] if fits else [f"{value!r} is out of bounds"]
            case "minItems" | "minLength":
                found += [] if len(value) >= wanted else [f"{value!r} is too short"]
            case "maxItems" | "maxLength":
                found += [] if len(value) <= wanted else [f"{value!r} is too long"]
            case "items":
                found += (
                    [each for one in value for each in faults(one, wanted, whole)]
                    if isinstance(value, list)
                    else []
                )
            case "required":
                found += [
                    f"{key} is missing" for key in wanted if isinstance(value, dict) and key not in value
                ]
            case "properties":
                for key, inner in wanted.items():
                    if isinstance(value, dict) and key in value:
                        found += faults(value[key], inner, whole)
            case "patternProperties":
                for pattern, inner in wanted.items():
                    of_it = [each for key, each in value.items() if re.search(pattern, key)]
                    found += [each for one in of_it for each in faults(one, inner, whole)]
            case "additionalProperties":
                others = set(value) - set(shape.get("properties", ())) if isinstance(value, dict) else set()
                if wanted is False:
                    found += [f"{key} is unknown" for key in others]
                else:
                    found += [each for key in others for each in faults(value[key], wanted, whole)]
            case _ if keyword not in _ABOUT:
                raise AssertionError(f"the keyword {keyword} is not known here")
    return found
