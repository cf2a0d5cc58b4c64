"""The classroom: knows PostgreSQL; knows no HTTP, no vendor and no clock. Verbs write, nouns read."""
