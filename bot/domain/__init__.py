"""The pure middle: no waiting, no asking the time, no Slack, no database, no logging."""
