"""The files of a new pipeline, rendered from the templates of the library."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: TID251 - Python and YAML, no HTML

from trimtab.escaping import visible
from trimtab.learning import PROBLEM_TYPES
from trimtab.scaffold.label_column import BINARY, REGRESSION
from trimtab.scaffold.pipeline_design import TEST_SHARE, PipelineDesign

LINE = 110  # characters
PLAIN = re.compile(r"[A-Za-z][\w.]*")  # texts that YAML may read without quotes ...
NOT_PLAIN = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}  # ... other than these
CALENDAR = {"hour": "time.hour", "weekday": "time.day_of_week"}
FILES = {  # template to file; the folder of the pipeline
    "pipeline/gitignore": ".gitignore",
    **{f"pipeline/{name}": name for name in ("README.md", "dvc.yaml", "params.yaml")},
    **{
        f"pipeline/{name}.py": f"{name}.py"
        for name in ("features", "ingest", "split", "train", "evaluate", "upcoming")
    },
}
DVC_CONFIG = "[core]\n    analytics = false\n    autostage = false\n"
DVC_IGNORED = "/config.local\n/tmp\n/cache\n"
OF_TIME = ("upcoming", "drift_check", "batch_score")
DAGS = ("training", "drift_check", "batch_score", "rollback", "verify", "drill")


def render_pipeline(
    design: PipelineDesign,
    *,
    suite: str,
    checks: Sequence[Mapping[str, Any]],
    trusted_types: Sequence[str],
    guesses: Sequence[Sequence[str]] = (),
) -> dict[str, str]:
    """Return the files of the pipeline's folder by their paths in it.

    Args:
        design: The design.
        suite: The text of the expectation suite.
        checks: The checks of the model gate.
        trusted_types: The types that its models' files hold.
        guesses: Rows of the table of guesses in its README.
    """
    values = {"checks": checks, "trusted_types": trusted_types, "guess_rows": guesses}
    wanted = {name: file for name, file in FILES.items() if design.time or "upcoming" not in name}
    return {
        ".dvc/config": DVC_CONFIG,
        ".dvc/.gitignore": DVC_IGNORED,
        ".dvcignore": "# Files that DVC ignores: https://dvc.org/doc/user-guide/dvcignore\n",
        "expectations/features.yaml": suite,
        **{file: _render(name, design, **values) for name, file in wanted.items()},
    }


def render_dags(design: PipelineDesign) -> dict[str, str]:
    """Return the DAG files by their names."""
    return {
        f"{name}.py": _render(f"dags/{name}.py", design)
        for name in DAGS
        if design.time or name not in OF_TIME
    }


def render_tests(design: PipelineDesign) -> dict[str, str]:
    """Return the test files by their names."""
    return {"__init__.py": "", "test_stages.py": _render("tests/test_stages.py", design)}


def _render(template: str, design: PipelineDesign, **values: Any) -> str:
    return _environment().get_template(f"{template}.j2").render(**_context(design), **values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("trimtab", "scaffold/templates"),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "py": to_python,
        "comment": to_one_line,
        "desc": to_description,
        "moment": _moment,
        "flow": to_flow,
    }
    return environment


def _context(design: PipelineDesign) -> dict[str, Any]:
    label, time, features = design.label, design.time, design.features
    is_regression = label.problem_type == REGRESSION
    return {
        **vars(design),
        "model": design.model,
        "metric": PROBLEM_TYPES[label.problem_type].default_metric,
        "categories": list(features.categories),
        "numbers": list(design.numbers),
        "calendar": features.calendar,
        "calendar_assignments": ", ".join(f"{name}={CALENDAR[name]}" for name in features.calendar),
        "keys": [*([time.name] if time else []), *features.keys],
        "left_out": [guess for guess in design.guesses if guess.what.startswith("left out")],
        "feature_count": len(features.categories) + len(design.numbers),
        "source_path": design.source_path,
        "read_table": _read_table(design),
        "read_time": _read_time(design),
        "label_expression": _label_expression(design),
        "made_up_label": _made_up_label(design),
        "trees": f"HistGradientBoosting{'Regressor' if is_regression else 'Classifier'}",
        "linear": "Ridge" if is_regression else "LogisticRegression",
        "preprocessing": ", ".join(
            [*(["OneHotEncoder", "OrdinalEncoder"] if features.categories else []),
             *(["StandardScaler"] if design.numbers else [])]
        ),
        "test_share": TEST_SHARE,
        "cron": design.cron,
        "first_run": _Text(design, design.first_run),
        "end": _Text(design, design.end),
        "last_begin": _Text(design, design.last_begin),
        "min_rows": max(1, min(time.rows) // 2) if time else 0,
        "until": _until,
    }  # fmt: skip


class _Text(str):
    """A moment as ``params.yaml`` writes it, with the moment."""

    moment: datetime | None

    def __new__(cls, design: PipelineDesign, moment: datetime | None) -> _Text:
        """Return the text of a moment."""
        text = super().__new__(cls, design.text(moment))
        text.moment = moment
        return text


def _moment(text: _Text) -> str:
    """Return the code of a moment in UTC."""
    if text.moment is None:
        return "None"
    at = text.moment
    parts = [at.year, at.month, at.day, *([at.hour] if at.hour else [])]
    return f"datetime({', '.join(map(str, parts))}, tzinfo=UTC)"


def _until(end: str) -> str:
    """Return the code of a run's `ingest.until`: its logical date, or the end of the data."""
    date = "logical_date.strftime('%Y-%m-%dT%H:%M')" if "T" in end else "logical_date | ds"
    return (
        f"\"{{{{ [{date}, '{end}'] | min\"\n"
        "        \" if logical_date is defined and logical_date else '' }}\""
    )


def _read_table(design: PipelineDesign) -> str:
    """Return the code that reads the source."""
    source = design.source
    if source.suffix != ".csv":
        return f"pd.read_parquet(source){'.reset_index()' if source.has_index else ''}"
    options = "".join(f", {name}={to_python(value)}" for name, value in source.options.items())
    if not source.is_folder:
        return f"pd.read_csv(source{options})"
    files = f'[pd.read_csv(file{options}) for file in sorted(source.glob("*.csv"))]'
    return f"pd.concat({files}, ignore_index=True)"


def _read_time(design: PipelineDesign) -> str:
    import pandas as pd

    if design.time is None:
        return ""
    format_, has_zone = design.time.format, design.time.has_zone
    if format_ is None:
        return 'table[TIME].dt.tz_convert("UTC").dt.tz_localize(None)'
    zone = ", utc=True" if has_zone else ""
    is_number = pd.api.types.is_numeric_dtype(design.source.frame[design.time.name])
    texts = 'table[TIME].astype("str")' if is_number else "table[TIME]"
    read = f"pd.to_datetime({texts}, format={to_python(format_)}{zone})"
    return f"{read}.dt.tz_localize(None)" if has_zone else read


def _label_expression(design: PipelineDesign) -> str:
    import pandas as pd

    label, column = design.label, design.source.frame[design.label.name]
    if label.positive is not None:
        return '(table[LABEL] == POSITIVE).astype("int64")'
    if label.problem_type == REGRESSION:
        return 'table[LABEL].astype("float64")'
    return f'table[LABEL].astype("{"int64" if pd.api.types.is_numeric_dtype(column) else "str"}")'


def _made_up_label(design: PipelineDesign) -> str:
    import pandas as pd

    kind, column = design.label.problem_type, design.source.frame[design.label.name]
    if kind == REGRESSION:
        return "random.normal(size=ROWS)"
    if kind == BINARY:
        return "random.integers(0, 2, size=ROWS)"
    if pd.api.types.is_numeric_dtype(column):
        return "random.integers(0, 3, size=ROWS)"
    return 'random.choice(["a", "b", "c"], size=ROWS)'


def to_python(value: Any) -> str:
    """Return the code of a text, a number or a list of texts, as the formatter of the project writes it."""
    if isinstance(value, list):
        texts = [to_python(each) for each in value]
        line = f"[{', '.join(texts)}]"
        return line if len(line) <= LINE - 20 else "[\n" + "".join(f"    {text},\n" for text in texts) + "]"
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        if value.count('"') <= value.count("'"):
            return text
        return "'" + text[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"
    return repr(value.item() if hasattr(value, "item") else value)


def to_one_line(text: str) -> str:
    """Return a text for a comment: a line break in the name of a column would end it."""
    return " ".join(visible(text).split())


def to_description(text: str) -> str:
    """Return a text as a quoted value of `dvc.yaml`, in which DVC replaces nothing."""
    return json.dumps(to_one_line(text).replace("${", "\\${"), ensure_ascii=False)


def to_flow(check: Mapping[str, Any]) -> str:
    """Return a check as a flow mapping of YAML, on one line."""
    return "{" + ", ".join(f"{key}: {_scalar(value)}" for key, value in check.items()) + "}"


def _scalar(value: Any) -> str:
    if isinstance(value, str) and not (PLAIN.fullmatch(value) and value.lower() not in NOT_PLAIN):
        return json.dumps(value, ensure_ascii=False)
    return str(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
