"""A plot of a column's values, with the unexpected ones in red: a histogram, or bars of categories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from trimtab.svg.primitives import LinearScale, rect, svg, text
from trimtab.value_format import format_value

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

BINS = 30
BARS = 8  # of a column of categories
WIDTH, HEIGHT, ROW, LABELS = 560, 96, 18, 150  # SVG units
LABEL = "How the values lie"


def plot_column(
    column: pd.Series,
    unexpected: NDArray[np.integer] | None,
    *,
    bounds: Sequence[float] = (),
    observed: Sequence[float] = (),
) -> str:
    """Plot a histogram of numbers or times, or bars of the most frequent values.

    Args:
        column: The values, with the rows numbered from 0.
        unexpected: Numbers of the unexpected rows, of shape (n,); None for a check that is not on rows.
        bounds: What the check allows, in the unit of the values; a histogram marks it with dashed lines.
        observed: What the check found, such as the mean of each file that failed; likewise, with red lines.
    """
    import numpy as np
    import pandas as pd

    marked = np.zeros(len(column), dtype=bool)
    marked[[] if unexpected is None else unexpected] = True
    missing = column.isna().to_numpy()
    present = column[~missing]
    numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    ordered = numeric or pd.api.types.is_datetime64_any_dtype(column)
    if ordered and present.nunique() > BARS and not marked[missing].any():
        return _histogram(present, marked[~missing], int(missing.sum()), bounds, observed)
    return _bars(column, marked)


def _histogram(
    column: pd.Series,
    marked: NDArray[np.bool_],
    missing: int,
    bounds: Sequence[float],
    observed: Sequence[float],
) -> str:
    import numpy as np

    times = column.dtype.kind == "M"
    values = column.astype("int64").to_numpy() if times else column.astype("float64").to_numpy()
    low, high = _range(values, marked)
    if not times:  # the marks are in sight, unless they are so far out that they would hide the values
        low, high = _widened(low, high, [*bounds, *observed])
    edges = np.linspace(low, high, BINS + 1)
    clipped = np.clip(values, low, high)  # the outermost bars count the values beyond the range, infinity too
    expected = np.histogram(clipped[~marked], edges)[0]
    unexpected = np.histogram(clipped[marked], edges)[0]
    parts = _columns(expected, unexpected)
    first, last = (str(column.iloc[int(np.argmin(values))]), str(column.iloc[int(np.argmax(values))]))
    ends = (first, last) if times else (format_value(float(low)), format_value(float(high)))
    beyond = int(((values < low) | (values > high)).sum())
    notes = [
        _unexpected_values(column, values, marked) if marked.any() else "",
        f"{beyond:,} further out" if beyond else "",
        f"{missing:,} null" if missing else "",
    ]
    note = ", ".join(filter(None, notes))
    if not times:
        across = LinearScale(low, high, WIDTH)
        parts += [_mark(across.place(value), value, dashed=True) for value in bounds if low <= value <= high]
        parts += [_mark(across.place(value), value) for value in observed if low <= value <= high]
    parts += [text(0, HEIGHT + 26, ends[0]), text(WIDTH, HEIGHT + 26, ends[1], "end")]
    parts += [text(WIDTH / 2, HEIGHT + 26, note, "middle")] if note else []
    return svg(parts, width=WIDTH, height=HEIGHT + 32, top=16, label=LABEL)


def _unexpected_values(column: pd.Series, values: NDArray[Any], marked: NDArray[np.bool_]) -> str:
    """Return between which values the unexpected ones are: the plot may cut them off."""
    import numpy as np

    found, chosen = column[marked], values[marked]
    ends = [found.iloc[int(np.argmin(chosen))], found.iloc[int(np.argmax(chosen))]]
    texts = [str(end) if column.dtype.kind == "M" else format_value(end) for end in ends]
    return "unexpected: " + " to ".join(dict.fromkeys(texts))


def _widened(low: float, high: float, marks: Sequence[float]) -> tuple[float, float]:
    """Return a range that has the marks in it that are no further out than the range is wide."""
    near = [mark for mark in marks if low - (high - low) <= mark <= high + (high - low)]
    return min([low, *near]), max([high, *near])


def _mark(x: float, value: float, *, dashed: bool = False) -> str:
    """Return a vertical line with its value above it."""
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    end: Literal["end", "start"] = "end" if x > WIDTH / 2 else "start"
    line = f'<line x1="{x}" y1="0" x2="{x}" y2="{HEIGHT}" stroke="var(--fail)" stroke-width="1.5"{dash}/>'
    return line + text(x, -4, f"bound {format_value(value)}" if dashed else format_value(value), end)


def _columns(expected: NDArray[np.intp], unexpected: NDArray[np.intp]) -> list[str]:
    """Return the bars of a histogram: unexpected rows stand on top of the expected ones."""
    top, width, parts = max((expected + unexpected).max(), 1), WIDTH / BINS, []
    for place, (good, bad) in enumerate(zip(expected.tolist(), unexpected.tolist(), strict=True)):
        tall, red = HEIGHT * good / top, HEIGHT * bad / top
        red = max(red, 2) if bad else 0
        parts += [rect(place * width, HEIGHT - tall, width - 1, tall, "accent")] if good else []
        parts += [rect(place * width, HEIGHT - tall - red, width - 1, red, "fail")] if bad else []
    return parts


def _range(
    values: NDArray[np.integer] | NDArray[np.floating], marked: NDArray[np.bool_]
) -> tuple[float, float]:
    """Return the range of most values, with a margin: a single 1e300 would hide all other values."""
    import numpy as np

    finite = values[np.isfinite(values)]
    expected = values[np.isfinite(values) & ~marked]
    middle = expected if len(expected) else finite
    if not len(middle):
        return 0.0, 1.0
    lowest, highest = (float(edge) for edge in np.quantile(middle, [0.005, 0.995]))
    margin = (highest - lowest) or max(abs(highest), 1.0)
    low, high = max(float(finite.min()), lowest - margin), min(float(finite.max()), highest + margin)
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _bars(column: pd.Series, marked: NDArray[np.bool_]) -> str:
    import pandas as pd

    objects = column.dtype == object  # may hold lists, which only their text tells apart
    counts = _counts(column.map(format_value, na_action="ignore") if objects else column, marked)
    # The unexpected values come first, however rare they are: the reader looks for them.
    ranked = counts.sort_values(["unexpected", "rows"], ascending=False, kind="stable")
    bad, good = ranked[ranked["unexpected"] > 0][: BARS // 2], ranked[ranked["unexpected"] == 0]
    shown = pd.concat([bad, good.sort_values("rows", ascending=False, kind="stable")[: BARS - len(bad)]])
    top = max(int(shown["rows"].max()), 1)
    parts = []
    for place, (value, rows, unexpected) in enumerate(zip(*(shown[name] for name in shown), strict=True)):
        name = "null" if pd.isna(value) else value if objects else format_value(value)
        y, length = place * ROW, max((WIDTH - LABELS - 70) * int(rows) / top, 1.5)
        parts.append(text(LABELS - 6, y + 13, name[:22], "end"))
        parts.append(rect(LABELS, y + 3, length, ROW - 6, "fail" if unexpected else "accent"))
        parts.append(text(LABELS + length + 5, y + 13, f"{int(rows):,}"))
    more = len(counts) - len(shown)
    parts += [text(LABELS, len(shown) * ROW + 13, f"and {more:,} other values")] if more else []
    return svg(parts, width=WIDTH, height=len(shown) * ROW + (20 if more else 4), label=LABEL)


def _counts(column: pd.Series, marked: NDArray[np.bool_]) -> pd.DataFrame:
    """Count the rows of each value, nulls included; columns ``value``, ``rows`` and ``unexpected``."""
    import numpy as np
    import pandas as pd

    codes, values = pd.factorize(column, use_na_sentinel=False)
    number = len(values)
    rows, unexpected = np.bincount(codes, minlength=number), np.bincount(codes[marked], minlength=number)
    return pd.DataFrame({"value": values, "rows": rows, "unexpected": unexpected})
