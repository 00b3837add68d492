"""The address of a store: `sqlite:////path/file.db`, or `postgresql://user@host/database` with one host or several.

Several hosts are written as libpq has them, `user@a,b/database` or `user@/database?host=a,b`; a host that begins with a
slash is the directory of a Unix socket.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlencode, urlsplit

SQLITE, POSTGRESQL = "sqlite", "postgresql"
WRITABLE = ("any", "read-write", "primary")
"""What `target_session_attrs` may ask of a server that is to take writes."""
# Of libpq's these are its own; the driver would send them to the server, which refuses a setting that it does not know.
_OF_LIBPQ = {
    "channel_binding", "connect_timeout", "fallback_application_name", "gssencmode", "keepalives", "keepalives_count",
    "keepalives_idle", "keepalives_interval", "load_balance_hosts", "require_auth", "requirepeer", "sslcertmode",
    "sslcompression", "sslcrldir", "sslsni",
}  # fmt: skip


class BadAddress(ValueError):  # noqa: N818
    """An address that leads to no store. The message says what is wrong with it, and never holds a password."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


def engine_of(url: str) -> str:
    """`SQLITE` or `POSTGRESQL`. Raises `BadAddress` for any other."""
    kind = url.partition(":")[0].partition("+")[0]
    if kind not in (SQLITE, POSTGRESQL):
        remedy = 'write "postgresql://user@host/database" or "sqlite:////path/incidentd.db"'
        raise BadAddress("is no database incidentd knows", remedy)
    return kind


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database, None for another engine's. Raises `BadAddress`."""
    if engine_of(url) != SQLITE:
        return None
    return Path(url.partition("://")[2].partition("?")[0].partition("/")[2])


def check(url: str) -> None:
    """Raises `BadAddress` when `url` can lead nowhere."""
    if engine_of(url) == SQLITE:
        if sqlite_file(url) == Path():
            raise BadAddress("names no file", 'write "sqlite:////path/incidentd.db"')
        return
    who, at, _ = urlsplit(url).netloc.rpartition("@")
    if at and "@" in who:
        raise BadAddress("has a second @", "write the @ of a user or a password as %40")
    try:
        asked = parse_qs(urlsplit(url).query, strict_parsing=True) if urlsplit(url).query else {}
        ports = [urlsplit(one).port for one in hosts(url)]
    except ValueError:
        raise BadAddress("has a port or a parameter that cannot be read", "write host:5432 and ?name=value") from None
    if 0 in ports:
        raise BadAddress("has a port that cannot be read", "write host:5432")
    for name in sorted(asked.keys() & _OF_LIBPQ):
        raise BadAddress(f"has the parameter {name}, which only programs made with libpq know", "take it out")
    if (wanted := asked.get("target_session_attrs", ["any"])[-1]) not in WRITABLE:
        raise BadAddress(f"asks for a server that is {wanted}: it would take no writes", "write read-write")


def hosts(url: str) -> tuple[str, ...]:
    """One address of PostgreSQL for each host that `url` names, in its order."""
    parts = urlsplit(url)._replace(scheme=POSTGRESQL)
    who, at, where = parts.netloc.rpartition("@")
    asked = parse_qs(parts.query)
    if where or "," not in (named := asked.get("host", [""])[-1]):
        return tuple(_joined(parts._replace(netloc=f"{who}{at}{one}")) for one in where.split(","))
    ports = asked.get("port", [""])[-1].split(",")
    each = zip(named.split(","), ports * len(named.split(",")) if len(ports) == 1 else ports, strict=True)
    return tuple(_with(url, host=host, port=port) for host, port in each)


def _with(url: str, **values: str) -> str:
    """An address with parameters that are set, or left out where they are empty."""
    parts = urlsplit(url)._replace(scheme=POSTGRESQL)
    asked = {name: given[-1] for name, given in parse_qs(parts.query).items()} | values
    said = urlencode({name: value for name, value in asked.items() if value}, quote_via=quote, safe="")
    return _joined(parts._replace(query=said))


def _joined(parts: SplitResult) -> str:
    """As `urlunsplit`, which leaves the slashes out where no host stands between them."""
    return f"{parts.scheme}://{parts.netloc}{parts.path}{'?' if parts.query else ''}{parts.query}"


def any_server(url: str) -> str:
    """The address of one host, whether it takes writes or not."""
    return _with(url, target_session_attrs="")


def passwords(url: str) -> tuple[str, ...]:
    """The password that an address holds, as it is written and as it is meant; nothing when it holds none."""
    parts = urlsplit(url)
    written = parts.netloc.rpartition("@")[0].partition(":")[2]
    asked = parse_qs(parts.query).get("password", [""])[-1]
    return tuple(dict.fromkeys(one for one in (written, unquote(written), asked, quote(asked, safe="")) if one))


def place(url: str) -> str:
    """The host and the database of an address with one host, for people."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    host = parts.netloc.rpartition("@")[2] or ":".join(asked[name][-1] for name in ("host", "port") if name in asked)
    return f"{host or 'the local server'}{parts.path}"
