"""The vendors' languages: one folder each, strangers to one another."""
