"""What the bot does, one plain function a sentence, over a transaction; the core decides."""
