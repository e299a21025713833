"""Converts Great Expectations' results to the checks of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, SupportsInt

from trimtab.errors import closest
from trimtab.gate_report import Check
from trimtab.gates.data.suite import Expectation
from trimtab.json_value import JsonValue
from trimtab.tables import TableContent
from trimtab.value_format import to_json_value

if TYPE_CHECKING:
    from trimtab.gates.data.gx_compat import ExpectationValidationResult

EXAMPLES = 5
LONGEST_LIST = 20
COLUMN_ARGUMENTS = ("column", "column_A", "column_B", "column_list")
SHOWN_OF_SENSITIVE = ("mostly",)


def convert_result(
    entry: Expectation, result: ExpectationValidationResult, content: TableContent, *, hidden: bool
) -> Check:
    """Return the check of a result; if ``hidden``, it shows counts and names, but no value."""
    found, columns = dict(result.result), columns_of(entry.kwargs)
    raised, checked_nothing = _raised(result.exception_info or {}), _checked_nothing(found)
    why = "the reason may show values of a sensitive column" if hidden else raised
    details = [
        _absent(columns, content) or (raised and f"it could not be evaluated: {why}") or _mismatched(found),
        checked_nothing,
    ]
    arguments = {key: value for key, value in entry.kwargs.items() if key not in COLUMN_ARGUMENTS}
    if hidden:
        arguments = {key: value for key, value in arguments.items() if key in SHOWN_OF_SENSITIVE}
    return Check(
        name=entry.type,
        passed=bool(result.success) and not raised and not checked_nothing,
        severity=entry.severity,
        column=", ".join(columns),
        expected={key: to_json_value(value) for key, value in arguments.items()},
        observed=None if hidden else _observed(found.get("observed_value")),
        unexpected=_count(found.get("unexpected_count")),
        rows=_count(found.get("element_count")),
        examples=() if hidden else _examples(found.get("partial_unexpected_list") or []),
        detail="; ".join(filter(None, [*details, "values are hidden" if hidden else ""])),
        notes=entry.notes if isinstance(entry.notes, str) else "\n".join(entry.notes),
        tags=tuple(entry.tags),
    )


def merge_file_checks(checks: Mapping[str, Check]) -> Check:
    """Merge the checks of one expectation on several files into one, which passes if all pass."""
    broken = {name: check for name, check in checks.items() if not check.passed}
    shown = broken or checks
    observed: dict[str, JsonValue] = {
        name: check.observed for name, check in shown.items() if check.observed is not None
    }
    details = {check.detail: name for name, check in reversed([*shown.items()]) if check.detail}
    scope = f"in {len(broken)} of {len(checks)} files" if broken else f"in each of {len(checks)} files"
    return replace(
        next(iter(shown.values())),
        observed=observed or None,
        unexpected=_total(check.unexpected for check in shown.values()),
        rows=_total(check.rows for check in shown.values()),
        examples=_examples([example for check in shown.values() for example in check.examples]),
        detail="; ".join([scope, *(f"{name}: {detail}" for detail, name in reversed(details.items()))]),
        files={name: check.unexpected for name, check in broken.items()},
    )


def columns_of(arguments: Mapping[str, object]) -> list[str]:
    """Return the columns that an expectation's arguments name."""
    values = [arguments[key] for key in COLUMN_ARGUMENTS if key in arguments]
    return [str(name) for value in values for name in (value if isinstance(value, list) else [value])]


def _count(value: SupportsInt | None) -> int | None:
    return None if value is None else int(value)


def _total(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _checked_nothing(found: Mapping[str, object]) -> str:
    """Return why an expectation on rows had no row to check, if so: it then passes with any bounds."""
    if "element_count" not in found:
        return ""
    if not found["element_count"]:
        return "no row met its condition, so nothing was checked"
    every = found.get("missing_count") == found["element_count"]
    return "every value is null, so nothing was checked" if every else ""


def _absent(columns: list[str], content: TableContent) -> str:
    known = content.schema
    absent = [name for name in columns if name not in known]
    return "; ".join(f"there is no column '{name}'{closest(name, known)}" for name in absent)


def _raised(info: Mapping[str, object]) -> str:
    """Return the messages of raised exceptions: Great Expectations gives one record, or one per metric."""
    one = "raised_exception" in info
    records = [info] if one else [record for record in info.values() if isinstance(record, Mapping)]
    raised = {str(record.get("exception_message")) for record in records if record.get("raised_exception")}
    return "; ".join(sorted(raised))


def _mismatched(found: Mapping[str, object]) -> str:
    """Return the missing and the extra columns, if the result names them."""
    details = found.get("details")
    kinds = details.get("mismatched") if isinstance(details, Mapping) else None
    if not isinstance(kinds, Mapping):
        return ""
    return "; ".join(f"{kind}: {', '.join(map(str, names))}" for kind, names in sorted(kinds.items()))


def _observed(observed: object) -> JsonValue:
    """Return the observed value; of a long list, such as distinct values, only the beginning."""
    value = to_json_value(observed)
    if isinstance(value, list) and len(value) > LONGEST_LIST:
        return [*value[:LONGEST_LIST], f"… and {len(value) - LONGEST_LIST} more"]
    return value


def _examples(values: Iterable[object]) -> tuple[JsonValue, ...]:
    seen = [value for value in map(to_json_value, values) if value not in (None, "nan", "NaT", "<NA>")]
    return tuple({str(value): value for value in seen}.values())[:EXAMPLES]
