"""The demo: a local Slack, the bot in its own process, people who are roles, and a clock to move."""
