"""What the engine costs, beside `dvc repro` and Snakemake on the same machine in the same run.

``make benchmark`` measures everything that takes minutes; ``ARGS="--full"`` also `dvc repro` where it takes
many of them, and ``ARGS="--only chain --only fan-out"`` a part. Figures are kept in
``.trimtab/benchmarks/engine.json``, where a row measured again replaces the one before.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console

from benchmarks import airflow_chain, figures, parsing, pipeline
from benchmarks.cases import CASES, QUICK, at_once, run_case
from benchmarks.peers import Dvc, Peer, Snakemake, Trimtab
from benchmarks.results import Results, Row

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".trimtab" / "benchmarks"
PAGE, PLOT = ROOT / "docs" / "figures.md", ROOT / "docs" / "cost-per-stage.svg"
PEERS = {"dvc": Dvc, "snakemake": Snakemake, "trimtab": Trimtab}
GROUPS = (*CASES, "parse", "airflow", "flights")


@click.command()
@click.option("--only", multiple=True, type=click.Choice(GROUPS), help="A group to measure; all by default.")
@click.option(
    "--tool", multiple=True, type=click.Choice(list(PEERS)), help="A tool to measure; all by default."
)
@click.option("--quick", is_flag=True, help="Small pipelines, to see that everything works.")
@click.option("--full", is_flag=True, help="Measure `dvc repro` where it takes long, too.")
@click.option("--rounds", default=3, show_default=True, help="Rounds of which the middle one counts.")
@click.option("--docs", is_flag=True, help="Write the figures into docs/, those of earlier runs included.")
def main(
    only: tuple[str, ...], tool: tuple[str, ...], quick: bool, full: bool, rounds: int, docs: bool
) -> None:
    """Measure, print and keep the figures."""
    if quick and docs:
        raise click.UsageError("--quick measures nothing that belongs into the docs")
    console = Console()
    HOME.mkdir(parents=True, exist_ok=True)
    results = Results(HOME / ("quick.json" if quick else "engine.json"))
    snakemake = Snakemake(HOME)
    snakemake.install()
    known: dict[str, Peer] = {"dvc": Dvc(), "snakemake": snakemake, "trimtab": Trimtab()}
    peers = [peer for name, peer in known.items() if not tool or name in tool]
    with tempfile.TemporaryDirectory(prefix="trimtab-benchmark-") as folder:
        for group in only or GROUPS:
            for row in measured(group, peers, Path(folder), quick=quick, full=full, rounds=rounds):
                results.add(row)
                console.print(
                    f"{row.title}: {', '.join(f'{name} {cell}' for name, cell in row.cells.items())}"
                )
    figures.show(results, console)
    figures.draw(results, HOME / PLOT.name)
    if docs:
        figures.write_docs(results, PAGE, PLOT)


def measured(
    group: str, peers: list[Peer], scratch: Path, *, quick: bool, full: bool, rounds: int
) -> Iterator[Row]:
    """Measure one group of figures."""
    if group == "parse":
        yield from parsing.rows((30, 60) if quick else (300, 4000), peers, scratch)
    elif group == "airflow":
        yield from airflow_chain.rows((3, 5) if quick else (10, 100), scratch)
    elif group == "flights":
        yield from pipeline.rows(scratch)
    else:
        for case in (QUICK if quick else CASES)[group]:
            yield from run_case(case, peers, scratch, full=full, rounds=rounds)
            if group == "independent" and any(peer.name == Dvc.name for peer in peers):
                cell = at_once(case.shape, scratch)
                yield Row("engine", f"{case.shape.title}, one `dvc repro -s` each at once", {Dvc.name: cell})


if __name__ == "__main__":
    main()
