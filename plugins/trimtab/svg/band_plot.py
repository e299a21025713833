"""Band plots: the median of a quantity and the range of most rows, over groups of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trimtab.escaping import html
from trimtab.svg.panel import SIDE, Axes, Ticks, panel, ticks_of
from trimtab.svg.primitives import RoundScale, line_path

LETTERS = 11  # of a name


@dataclass(frozen=True, slots=True)
class Band:
    """The quantity in one group of rows.

    Attributes:
        group: The place of the group on the horizontal axis: a number, or the name of a category.
        low: Lower end of the range.
        middle: The median.
        high: Upper end of the range.
    """

    group: float | str
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class BandPlot:
    """What one plot shows.

    Attributes:
        title: Its title.
        across: Label of the horizontal axis.
        bands: The groups, in ascending order of their numbers, or all categories.
        note: A line below the plot.
    """

    title: str
    across: str
    bands: tuple[Band, ...]
    note: str = ""


def plot_bands(up: str, plots: Sequence[BandPlot]) -> list[str]:
    """Plot bands side by side, with the same vertical axis.

    Args:
        up: Label of the vertical axis; a line marks its 0.
        plots: The plots.
    """
    scale = RoundScale.over(
        [0.0, *(end for plot in plots for band in plot.bands for end in (band.low, band.high))], SIDE
    )
    return [_plot(plot, up, scale) for plot in plots]


def _plot(plot: BandPlot, up: str, scale: RoundScale) -> str:
    places, ticks = _placed(plot.bands)
    names = any(isinstance(band.group, str) for band in plot.bands)
    axes = Axes(plot.title, plot.across, up, ticks, scale, slanted=names)
    zero, lines = axes.height(0.0), _whiskers if names else _area
    return panel(
        axes,
        [
            f'<line x1="0" y1="{zero}" x2="{SIDE}" y2="{zero}" stroke="var(--soft)" stroke-dasharray="3 4"/>',
            *lines(axes, places, plot.bands),
            *_medians(axes, places, plot.bands),
        ],
        label=f"{plot.title}: the median of {up}, and the range of most rows, by {plot.across}",
        note=plot.note,
    )


def _placed(bands: Sequence[Band]) -> tuple[list[float], Ticks]:
    """Return where each group is on the horizontal axis, and the ticks."""
    numbers = [band.group for band in bands if not isinstance(band.group, str)]
    if len(numbers) == len(bands):
        scale = RoundScale.over(numbers, SIDE)
        return [scale.place(number) for number in numbers], ticks_of(scale)
    slot = SIDE / len(bands)
    places = [round((place + 0.5) * slot, 1) for place in range(len(bands))]
    return places, [(x, _cut(str(band.group))) for x, band in zip(places, bands, strict=True)]


def _area(axes: Axes, places: Sequence[float], bands: Sequence[Band]) -> Iterator[str]:
    upper = [(x, axes.height(band.high)) for x, band in zip(places, bands, strict=True)]
    lower = [(x, axes.height(band.low)) for x, band in zip(places, bands, strict=True)]
    middle = [(x, axes.height(band.middle)) for x, band in zip(places, bands, strict=True)]
    yield f'<path d="{line_path([*upper, *reversed(lower)])} Z" fill="var(--accent)" fill-opacity="0.22"/>'
    yield f'<path d="{line_path(middle)}" fill="none" stroke="var(--accent)" stroke-width="2"/>'


def _whiskers(axes: Axes, places: Sequence[float], bands: Sequence[Band]) -> Iterator[str]:
    for x, band in zip(places, bands, strict=True):
        ends = f'y1="{axes.height(band.low)}" y2="{axes.height(band.high)}"'
        yield (
            f'<line x1="{x}" x2="{x}" {ends} stroke="var(--accent)" stroke-width="8" stroke-opacity="0.3"/>'
        )


def _medians(axes: Axes, places: Sequence[float], bands: Sequence[Band]) -> Iterator[str]:
    for x, band in zip(places, bands, strict=True):
        name = band.group if isinstance(band.group, str) else f"{band.group:.4g}"
        told = f"{name}: median {band.middle:.4g}, most rows {band.low:.4g} to {band.high:.4g}"
        yield (
            f'<circle cx="{x}" cy="{axes.height(band.middle)}" r="3" fill="var(--accent)">'
            f"<title>{html(told)}</title></circle>"
        )


def _cut(name: str) -> str:
    return name if len(name) <= LETTERS else name[: LETTERS - 1] + "…"
