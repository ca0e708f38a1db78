"""The only package that knows Slack: what comes in becomes moves, replies become screens and calls."""
