"""The background work: alarms that ring, deliveries that go out."""
