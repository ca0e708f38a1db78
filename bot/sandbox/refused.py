"""How the Web API says no."""


class Refused(Exception):
    """ok: false, with Slack's code and whatever else it answers."""

    def __init__(self, code: str, **more: object) -> None:
        super().__init__(code)
        self.body = {"ok": False, "error": code, **more}
