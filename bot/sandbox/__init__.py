"""A local Slack, its own process: what the bot needs of Slack, with its limits, retries and bad days."""
