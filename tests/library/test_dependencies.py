"""The imports of the library, compared with the declared dependencies and extras."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "plugins" / "trimtab"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# The extra of each part of the library; a part that is not listed needs the dependencies alone.
EXTRAS = {
    "control_room": "registry",
    "delivery": "registry",
    "airflow": "airflow",
    "diagnosis": "local",
    "doctor": "registry",
    "dossier": "registry",
    "drift": "drift",
    "gate_report": "gates",
    "gates": "gates",
    "html_report.py": "gates",
    "incidents": "registry",
    "learning": "gates",
    "lineage_events": "lineage",
    "local": "local",
    "postmortem": "local",
    "registry": "registry",
    "scaffold": "gates",
    "slo": "registry",
    "stages": "gates",
    "svg": "gates",
    "tables": "gates",
    "telemetry": "otel",
    "value_format": "gates",
    "virtual_environment.py": "environments",
}
# Distributions that come with another one, which has no modules of its own.
CONTAINED_IN = {"apache-airflow-core": "apache-airflow", "apache-airflow-task-sdk": "apache-airflow"}
# What only servers of a cluster need: drivers, and providers of Airflow.
CLUSTER = (
    *("airflow-lineage", "aws", "celery", "cluster", "fab", "git", "kubernetes", "lineage"),
    *("mlflow-server", "otel", "postgres", "s3"),
)
# Used with an extra that the caller has: the engine reads the columns of a Parquet file for an error message,
# the operators of the registry need the registry, and a format of model files has an extra of its own. The
# contracts are loaded by pytest.
FORMATS = ("catboost", "lightgbm", "onnx", "xgboost")
WITH_AN_EXTRA = {
    ("pipeline", "pyarrow"),
    ("airflow", "kubernetes"),  # with the extra of that name: for stages with a pod override
    ("airflow", "mlflow"),
    ("contracts", "pytest"),
    ("registry", "catboost"),
    *(("registry", module) for module in ("cryptography", "cyclonedx", "model_signing", "packageurl")),
    *(("learning", module) for module in (*FORMATS, "onnxruntime", "google", "mlflow")),
}


def normalized(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def declared(extra: str | None) -> set[str]:
    """The distributions of the dependencies and of an extra, with the extras that it names."""
    found: set[str] = set()
    for requirement in [
        *PROJECT["dependencies"],
        *(PROJECT["optional-dependencies"][extra] if extra else []),
    ]:
        if nested := re.match(r"trimtab\[(.+)\]", requirement):
            found |= set().union(*(declared(name) for name in nested[1].split(",")))
        else:
            found.add(normalized(re.split(r"[<>=!~;\[ ]", requirement)[0]))
    return found


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


@cache
def distributions_of_modules() -> Mapping[str, list[str]]:
    return packages_distributions()


def imported_modules(file: Path) -> Iterator[str]:
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


PARTS = sorted({path.relative_to(LIBRARY).parts[0] for path in LIBRARY.rglob("*.py")})


@pytest.mark.parametrize("part", PARTS)
def test_every_import_of_a_part_is_declared_by_the_dependencies_or_its_extra(part: str) -> None:
    distributions = distributions_of_modules()
    allowed = declared(EXTRAS.get(part))
    path = LIBRARY / part
    undeclared = {
        f"{file.relative_to(ROOT)}: {module}"
        for file in (path.rglob("*.py") if path.is_dir() else [path])
        for module in set(imported_modules(file)) - set(sys.stdlib_module_names) - {"trimtab"}
        if (part, module) not in WITH_AN_EXTRA
        and not {
            CONTAINED_IN.get(normalized(name), normalized(name))
            for name in distributions.get(module, [module])
        }
        & allowed
    }
    assert undeclared == set()


def test_dependencies_without_extras_have_no_airflow_gates_or_mlflow() -> None:
    assert declared(None).isdisjoint({"apache-airflow", "great-expectations", "mlflow", "pandas", "numpy"})


def test_local_extra_declares_everything_but_formats_of_model_files_and_servers_of_a_cluster() -> None:
    extras = set(PROJECT["optional-dependencies"]).difference(FORMATS, CLUSTER)
    assert declared("local") == set().union(*(declared(extra) for extra in extras))


def test_cluster_extra_declares_everything_but_formats_of_model_files() -> None:
    extras = set(PROJECT["optional-dependencies"]).difference(FORMATS)
    assert declared("cluster") == set().union(*(declared(extra) for extra in extras))


@pytest.mark.parametrize("distribution", ["apache-airflow", "dvc", "great-expectations", "mlflow"])
def test_version_is_bounded_to_the_tested_minor(distribution: str) -> None:
    extras = PROJECT["optional-dependencies"].values()
    requirements = {one for some in (PROJECT["dependencies"], *extras) for one in some}
    (found,) = (one for one in requirements if re.match(rf"{distribution}[>=]", one))
    lowest, highest = re.findall(r"(\d+\.\d+)", found)
    assert [int(part) for part in highest.split(".")] == [
        int(part) + place for place, part in enumerate(lowest.split("."))
    ]


def module_files(module: str) -> list[Path]:
    """The files that an import of a module of the library executes: its packages and itself."""
    parts = module.split(".")[1:]
    folders = [LIBRARY.joinpath(*parts[:end]) for end in range(len(parts) + 1)]
    files = [folder / "__init__.py" for folder in folders] + [folders[-1].with_suffix(".py")]
    return [file for file in files if file.is_file()]


def imports_at_import_time(file: Path) -> Iterator[str]:
    """The modules that a file imports when it is imported itself, outside functions and type checks."""
    package = ".".join(file.parent.relative_to(LIBRARY.parent).parts)
    for node in parsed(file).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert not node.level, f"relative import in {package}"
            yield node.module
            yield from (
                f"{node.module}.{alias.name}" for alias in node.names if node.module.startswith("trimtab")
            )


@pytest.mark.parametrize("part", PARTS)
def test_import_of_a_part_needs_only_the_dependencies_and_its_extra(part: str) -> None:
    distributions = distributions_of_modules()
    allowed = declared(EXTRAS.get(part))
    path = LIBRARY / part
    waiting, seen, missing = list(path.rglob("*.py") if path.is_dir() else [path]), set[Path](), set[str]()
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        for module in imports_at_import_time(file):
            root = module.partition(".")[0]
            if root == "trimtab":
                waiting += module_files(module)
            elif root not in sys.stdlib_module_names:
                names = {normalized(name) for name in distributions.get(root, [root])}
                if (part, root) not in WITH_AN_EXTRA and not {
                    CONTAINED_IN.get(name, name) for name in names
                } & allowed:
                    missing.add(f"{file.relative_to(ROOT)}: {root}")
    assert missing == set()
