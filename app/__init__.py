"""Homeroom: a self-hosted classroom server that speaks its vendors' HTTP dialects."""
