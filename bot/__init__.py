"""Plenary: a Slack bot that walks conference rapporteurs through a reporting template."""
