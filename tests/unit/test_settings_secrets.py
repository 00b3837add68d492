"""Secret references: what they resolve to, and what is said when they lead nowhere."""

import os
from collections.abc import Mapping, Sequence

import pytest

from incidentd.configuration.secrets import BadSecret, resolve_secret, resolve_secrets
from incidentd.plugin import AdapterConfig, Secret, SecretRef

VALUE = "hunter2-s3cret"


class Nested(AdapterConfig):
    key: SecretRef


class Config(AdapterConfig):
    token: SecretRef | None = None
    either: SecretRef | str = ""
    many: Sequence[SecretRef] = ()
    headers: Mapping[str, SecretRef] = {}
    nested: Nested | None = None
    labels: Mapping[str, str] = {}


def test_each_kind_of_reference(tmp_path):
    (tmp_path / "token").write_text(VALUE + "\n")
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path), "TOKEN": VALUE}
    for reference in ({"credential": "token"}, {"file": str(tmp_path / "token")}, {"env": "TOKEN"}):
        secret = resolve_secret(reference, environ)
        assert secret == Secret(VALUE)
        assert VALUE not in repr(secret)


@pytest.mark.parametrize(
    ("reference", "what"),
    [
        (VALUE, "must not stand in the file"),
        ({}, "no secret reference"),
        ({"env": "A", "file": "/b"}, "no secret reference"),
        ({"vault": "x"}, "no secret reference"),
        ({"env": 5}, "no secret reference"),
        ({"env": ""}, "no secret reference"),
        ({"file": "/a\0b"}, "no secret reference"),
        ([VALUE], "no secret reference"),
        ({"env": "NOT_SET"}, "NOT_SET is not set"),
        ({"credential": "x"}, "CREDENTIALS_DIRECTORY is not set"),
        ({"file": "relative"}, "no absolute path"),
        ({"file": "/nonexistent/token"}, "does not exist"),
        ({"file": "/dev/zero"}, "does not exist or is no file"),
    ],
)
def test_a_reference_that_leads_nowhere_says_so_and_never_shows_a_secret(reference, what):
    with pytest.raises(BadSecret, match=what) as caught:
        resolve_secret(reference, {})
    assert caught.value.remedy
    assert VALUE not in str(caught.value) + caught.value.remedy


@pytest.mark.parametrize("name", ["../token", "a/b", ".."])
def test_a_credential_stays_in_its_directory(tmp_path, name):
    with pytest.raises(BadSecret, match="no slash"):
        resolve_secret({"credential": name}, {"CREDENTIALS_DIRECTORY": str(tmp_path)})


@pytest.mark.parametrize(
    ("content", "what"), [(b"", "is empty"), (b"\n", "is empty"), (b"\xff", "not UTF-8"), (b"x" * 70_000, "64 KiB")]
)
def test_a_file_that_is_no_secret(tmp_path, content, what):
    (tmp_path / "f").write_bytes(content)
    with pytest.raises(BadSecret, match=what):
        resolve_secret({"file": str(tmp_path / "f")}, {})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path):
    (tmp_path / "f").write_text(VALUE)
    (tmp_path / "f").chmod(0)
    with pytest.raises(BadSecret, match="cannot be read"):
        resolve_secret({"file": str(tmp_path / "f")}, {})


def test_secrets_are_found_wherever_the_type_declares_them_and_nowhere_else():
    reference = {"env": "TOKEN"}
    options = {
        "token": reference,
        "either": "plain",
        "many": [reference, reference],
        "headers": {"Authorization": reference},
        "nested": {"key": reference},
        "labels": {"env": "prod"},
    }
    resolved, faults = resolve_secrets(Config, options, {"TOKEN": VALUE})
    assert faults == []
    config = Config.model_validate(resolved)
    assert config.token == Secret(VALUE)
    assert config.either == "plain"
    assert config.many == [Secret(VALUE)] * 2
    assert config.headers == {"Authorization": Secret(VALUE)}
    assert config.nested is not None
    assert config.nested.key == Secret(VALUE)
    assert config.labels == {"env": "prod"}


def test_every_broken_reference_is_told_with_its_place():
    options = {"token": VALUE, "many": [{"env": "NO"}], "headers": {"a": {"file": "x"}}, "nested": {"key": 5}}
    _, faults = resolve_secrets(Config, options, {})
    assert [fault.path for fault in faults] == [("token",), ("many", 0), ("headers", "a"), ("nested", "key")]
    assert all(VALUE not in fault.what + fault.remedy for fault in faults)
