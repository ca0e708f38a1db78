"""Why a database cannot be used now, in fixed words for its operator: never a value, a name or SQL.

Each phrase goes on after "the database cannot be used:". What no table here knows is no passing trouble.
"""

_LOCKED = "it waits for a lock that another program holds"
_FULL = "its disk is full"
_READ_ONLY = "it is read-only"
_NO_CONNECTION_FREE = "it has no connection free"
_STARTING = "it is starting or stopping"
_LOST = "the connection to it was lost"
_REFUSES_LOGIN = "it refuses our login"
_UNKNOWN = "it knows no such database or role"
_DISK_FAILS = "its disk cannot be read or written: full, read-only or failing"
OUT_OF_REACH = "it cannot be reached"

# https://www.sqlite.org/rescode.html, by the beginning of the name; the first that fits.
_SQLITE = {
    "IOERR_SHMSIZE": _FULL,
    "FULL": _FULL,
    "READONLY": _READ_ONLY,
    "BUSY": _LOCKED,
    "LOCKED": _LOCKED,
    "PROTOCOL": _LOCKED,
    "IOERR": _DISK_FAILS,  # also a quota, and a disk that the system made read-only under us
    "CANTOPEN": "its file cannot be opened",
    "NOMEM": "there is no memory free",
}

# https://www.postgresql.org/docs/current/errcodes-appendix.html, by the beginning; the first that fits.
_POSTGRES = {
    "53100": _FULL,
    "53300": _NO_CONNECTION_FREE,
    "53": "it is out of memory or room",
    "25006": _READ_ONLY,  # set so, or a standby
    "25P03": _LOST,  # a paused program of ours held a transaction open
    "55P03": _LOCKED,
    "57014": "a statement took too long",
    "57P03": _STARTING,
    "57": _LOST,  # ended by its operator
    "08": _LOST,
    "28": _REFUSES_LOGIN,
    "3D000": _UNKNOWN,
    "40": "others were faster too often",
    "58": _DISK_FAILS,
}

# libpq gives no sqlstate for a connection that it could not make, only a text that names hosts and roles.
_LIBPQ = {
    "password authentication failed": "it refuses the password",
    "no password supplied": "it wants a password",
    "Connection refused": "nothing listens at its address",
    "No such file or directory": "its socket is not there",
    "could not translate host name": "its host name is unknown",
    "failed to resolve host": "its host name is unknown",
    "timeout expired": "it does not answer",
    "starting up": _STARTING,
    "shutting down": _STARTING,
    "recovery mode": _STARTING,
    "not yet accepting connections": _STARTING,
    "too many c": _NO_CONNECTION_FREE,  # "clients already", "connections for role", "… for database"
    "connection slots are reserved": _NO_CONNECTION_FREE,
    "not currently accepting connections": "it lets nobody in",
    "does not exist": _UNKNOWN,
    "server closed the connection": _LOST,
    "connection is lost": _LOST,
    "connection is closed": _LOST,
}


def of_sqlite(name: str) -> str | None:
    """By the name of a SQLite error; None for one that will not pass."""
    return _first(_SQLITE, name.removeprefix("SQLITE_"))


def of_postgres(sqlstate: str) -> str | None:
    """By the code of a PostgreSQL error; None for one that will not pass."""
    return _first(_POSTGRES, sqlstate)


def of_libpq(text: str) -> str:
    """By the text for a connection that could not be made or kept."""
    return next((why for part, why in _LIBPQ.items() if part in text), OUT_OF_REACH)


def _first(reasons: dict[str, str], code: str) -> str | None:
    return next((why for beginning, why in reasons.items() if code.startswith(beginning)), None)
