"""Half-hourly electricity demand of Victoria in 2014: a regression."""
