"""The operator's side: the admin API, the ping inbox, health, metrics and the API documentation."""
