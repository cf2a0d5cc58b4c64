"""Agora's language: numbered rooms and states, an envelope with a code, the feed of numbered events."""
