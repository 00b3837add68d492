"""Which engine, file and hosts an address of a store names, and which addresses lead nowhere."""

from pathlib import Path

import pytest

from incidentd.configuration.store_address import (
    BadAddress,
    any_server,
    check,
    engine_of,
    hosts,
    passwords,
    place,
    sqlite_file,
)

GOOD = (
    "sqlite:////var/lib/incidentd/incidentd.db",
    "sqlite+aiosqlite:////a b%20#c.db?x=y",
    "postgresql://u:p@a:1,b:2/d?target_session_attrs=read-write&sslmode=verify-full&sslrootcert=/etc/ca.pem",
    "postgresql://u:p%40%3A@[::1]:5432,[::2]/d",
    "postgresql://u@/d?host=%2Frun%2Fpostgresql",
    "postgresql://u@/d?host=/run/a,/run/b&port=5432,5433",
    "postgresql:///d?application_name=incidentd&options=-c%20jit%3Doff&passfile=/etc/pgpass",
    "postgresql+asyncpg://u@a/d",
)
BAD = (
    ("mysql://u@a/d", "no database"),
    ("", "no database"),
    ("sqlite://", "names no file"),
    ("postgresql://u:p@ss@a/d", "second @"),
    ("postgresql://a:0/d", "port"),
    ("postgresql://a:5432,b:x/d", "port"),
    ("postgresql://a/d?host", "parameter that cannot"),
    ("postgresql:///d?host=a,b,c&port=1,2", "port"),
    ("postgresql://a/d?connect_timeout=3", "connect_timeout, which only"),
    ("postgresql://a/d?target_session_attrs=standby", "standby: it would take no writes"),
)


@pytest.mark.parametrize("url", GOOD)
def test_addresses_that_can_be_used(url):
    check(url)
    assert (engine_of(url) == "sqlite") == (sqlite_file(url) is not None)


@pytest.mark.parametrize(("url", "said"), BAD)
def test_addresses_that_lead_nowhere_are_told_with_a_remedy_and_without_a_password(url, said):
    with pytest.raises(BadAddress, match=said) as caught:
        check(url)
    assert caught.value.remedy
    assert "p@ss" not in str(caught.value)


def test_the_file_is_what_is_written():
    assert sqlite_file(GOOD[0]) == Path("/var/lib/incidentd/incidentd.db")
    assert sqlite_file(GOOD[1]) == Path("/a b%20#c.db")
    assert sqlite_file("sqlite:///here.db") == Path("here.db")


def test_the_hosts_of_an_address():
    assert hosts("postgresql://u:p@a:1,b:2/d?x=y") == ("postgresql://u:p@a:1/d?x=y", "postgresql://u:p@b:2/d?x=y")
    assert hosts("postgresql+asyncpg://u@a/d") == ("postgresql://u@a/d",)
    assert hosts("postgresql://postgres@/d?host=%2Ftmp") == ("postgresql://postgres@/d?host=%2Ftmp",)
    assert hosts("postgresql://u@[::1]:1,b/d") == ("postgresql://u@[::1]:1/d", "postgresql://u@b/d")
    assert hosts("postgresql://u@/d?host=/a,/b&port=1,2") == (
        "postgresql://u@/d?host=%2Fa&port=1",
        "postgresql://u@/d?host=%2Fb&port=2",
    )
    assert hosts("postgresql:///d?host=a,b") == ("postgresql:///d?host=a", "postgresql:///d?host=b")


def test_people_see_no_password():
    for url in ("postgresql://u:p%40w@a,b/d", "postgresql://u@a/d?password=p%40w"):
        assert sorted(passwords(url)) == ["p%40w", "p@w"]
        assert place(url.replace("a,b", "a")) == "a/d"
    assert place("postgresql://u@[::1]:5432/d?sslmode=require") == "[::1]:5432/d"
    assert place("postgresql://u@/d?host=%2Frun&port=5433") == "/run:5433/d"
    assert place("postgresql:///d") == "the local server/d"
    assert passwords("postgresql://u@a/d") == ()
    assert any_server("postgresql://a/d?target_session_attrs=read-write") == "postgresql://a/d"
