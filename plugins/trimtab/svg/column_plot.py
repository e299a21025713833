"""A small plot of a column, as inline SVG: how its values lie, and which of them are unexpected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trimtab.escaping import html
from trimtab.value_format import text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

BINS = 30
BARS = 8  # of a column of categories
WIDTH, HEIGHT, ROW, LABELS = 560, 96, 18, 150  # pixels


def plot(column: pd.Series, unexpected: np.ndarray | None) -> str:
    """Return a histogram of numbers and times, or the bars of the commonest values; unexpected rows in red.

    Args:
        column: Values by the number of their row, from 0.
        unexpected: Numbers of the rows that are unexpected, shape (n,); nothing where it is not about rows.
    """
    import numpy as np
    import pandas as pd

    bad = np.zeros(len(column), dtype=bool)
    bad[[] if unexpected is None else unexpected] = True
    missing = column.isna().to_numpy()
    numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    usable = column[~missing]
    if (
        (numeric or pd.api.types.is_datetime64_any_dtype(column))
        and usable.nunique() > BARS
        and not bad[missing].any()
    ):
        return _histogram(usable, bad[~missing], int(missing.sum()))
    return _bars(column, bad)


def _histogram(column: pd.Series, bad: np.ndarray, missing: int) -> str:
    import numpy as np

    times = column.dtype.kind == "M"
    values = column.astype("int64").to_numpy() if times else column.astype("float64").to_numpy()
    low, high = _range(values, bad)
    edges = np.linspace(low, high, BINS + 1)
    clipped = np.clip(
        values, low, high
    )  # what lies further out is counted in the outermost bars; so is infinity
    good = np.histogram(clipped[~bad], edges)[0]
    wrong = np.histogram(clipped[bad], edges)[0]
    top, width = max((good + wrong).max(), 1), WIDTH / BINS
    parts = []
    for at, (usual, unexpected) in enumerate(zip(good.tolist(), wrong.tolist(), strict=True)):
        tall, red = HEIGHT * usual / top, HEIGHT * unexpected / top
        red = max(red, 2) if unexpected else 0
        parts += [_rect(at * width, HEIGHT - tall, width - 1, tall, "accent")] if usual else []
        parts += [_rect(at * width, HEIGHT - tall - red, width - 1, red, "fail")] if unexpected else []
    first, last = (str(column.iloc[int(np.argmin(values))]), str(column.iloc[int(np.argmax(values))]))
    ends = (first, last) if times else (text(float(low)), text(float(high)))
    further = int(((values < low) | (values > high)).sum())
    notes = [f"{further:,} further out" if further else "", f"{missing:,} null" if missing else ""]
    note = ", ".join(filter(None, notes))
    parts += [_text(0, HEIGHT + 26, ends[0]), _text(WIDTH, HEIGHT + 26, ends[1], "end")]
    parts += [_text(WIDTH / 2, HEIGHT + 26, note, "middle")] if note else []
    return _svg(HEIGHT + 32, parts, top=12)


def _range(values: np.ndarray, bad: np.ndarray) -> tuple[float, float]:
    """Return where most values lie, and some room: one value of 1e300 would hide all others."""
    import numpy as np

    finite = values[np.isfinite(values)]
    usual = values[np.isfinite(values) & ~bad]
    middle = usual if len(usual) else finite
    if not len(middle):
        return 0.0, 1.0
    lowest, highest = (float(edge) for edge in np.quantile(middle, [0.005, 0.995]))
    room = (highest - lowest) or max(abs(highest), 1.0)
    low, high = max(float(finite.min()), lowest - room), min(float(finite.max()), highest + room)
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _bars(column: pd.Series, bad: np.ndarray) -> str:
    import pandas as pd

    texts = column.dtype == object  # may hold lists, which only their text can tell apart
    counts = _counts(column.map(text, na_action="ignore") if texts else column, bad)
    # The unexpected ones first: they are what the reader came for, however rare they are.
    shown = counts.sort_values(["sum", "size"], ascending=False, kind="stable")
    wrong, right = shown[shown["sum"] > 0][: BARS // 2], shown[shown["sum"] == 0]
    shown = pd.concat([wrong, right.sort_values("size", ascending=False, kind="stable")[: BARS - len(wrong)]])
    top = max(int(shown["size"].max()), 1)
    parts = []
    for at, (value, size, broken) in enumerate(zip(*(shown[name] for name in shown), strict=True)):
        name = "null" if pd.isna(value) else value if texts else text(value)
        y, length = at * ROW, (WIDTH - LABELS - 70) * int(size) / top
        parts.append(_text(LABELS - 6, y + 13, name[:22], "end"))
        parts.append(_rect(LABELS, y + 3, max(length, 1.5), ROW - 6, "fail" if broken else "accent"))
        parts.append(_text(LABELS + max(length, 1.5) + 5, y + 13, f"{int(size):,}"))
    left = len(counts) - len(shown)
    parts += [_text(LABELS, len(shown) * ROW + 13, f"and {left:,} other values")] if left else []
    return _svg(len(shown) * ROW + (20 if left else 4), parts)


def _counts(column: pd.Series, bad: np.ndarray) -> pd.DataFrame:
    """Return each ``value``, null too, the ``size`` of its rows and the ``sum`` of those unexpected."""
    import numpy as np
    import pandas as pd

    codes, values = pd.factorize(column, use_na_sentinel=False)
    number = len(values)
    size, wrong = np.bincount(codes, minlength=number), np.bincount(codes[bad], minlength=number)
    return pd.DataFrame({"value": values, "size": size, "sum": wrong})


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="var(--{colour})"/>'


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html(words)}</text>'


def _svg(height: float, parts: list[Any], top: float = 0) -> str:
    size = f'viewBox="0 {-top:g} {WIDTH} {height + top:g}" width="{WIDTH}" height="{height + top:g}"'
    return f'<svg {size} role="img" aria-label="How the values lie">{"".join(parts)}</svg>'
