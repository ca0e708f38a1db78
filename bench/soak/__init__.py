"""The soak: twenty people, a bot that is tormented in every way we know, and a count from outside at the end.

python -m bench.soak --minutes N --seed S. Nothing here knows how the bot draws or stores: what people typed
stands in a ledger of our own, and what stands in Slack is read as a reader reads it.
"""
