"""Alerts: their texts, and the notifier that sends them."""
