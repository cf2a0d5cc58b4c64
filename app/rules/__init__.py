"""The business in pure functions over plain values: no I/O, no clock, no randomness."""
