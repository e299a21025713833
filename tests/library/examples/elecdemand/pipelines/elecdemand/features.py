"""What the model reads, and what it predicts. Everything is known a week ahead, given a weather forecast."""

NUMBERS = ["temperature", "demand_week_before", "temperature_week_before"]
CALENDAR = ["half_hour", "weekday", "workday"]
FEATURES = [*CALENDAR, *NUMBERS]

LABEL = "demand"  # gigawatts
WEEK = 7 * 48  # half-hours
