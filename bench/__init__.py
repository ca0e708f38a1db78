"""Benchmarks: ratios of one interleaved run. Nothing here asserts a timing."""
