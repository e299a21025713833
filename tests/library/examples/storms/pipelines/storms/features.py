"""What the model reads, and what it predicts. The wind, from which the state follows, is left out."""

FEATURES = ["month", "hour", "lat", "long", "pressure", "lat_change", "long_change", "pressure_change"]

LABEL = "status"
KEYS = ["storm", "time"]
