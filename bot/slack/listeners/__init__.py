"""Listeners: read, one write, acknowledge."""
