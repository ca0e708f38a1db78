"""Benchmarks: ratios in one interleaved run. Nothing here asserts a timing."""
