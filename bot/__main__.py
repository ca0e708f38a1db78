"""python -m bot, as the command `plenary`."""

from bot.cli import command

if __name__ == "__main__":
    command()
