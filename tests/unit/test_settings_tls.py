"""`[ingress.tls]`: what is taken, and what is said of files that cannot be used."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from incidentd.settings import ConfigurationError, load_configuration


@pytest.fixture
def write(tmp_path):
    def write(**members: object) -> Path:
        lines = [f"{name} = {value!r}" for name, value in members.items()]
        (tmp_path / "incidentd.toml").write_text("\n".join(["[ingress.tls]", *lines]))
        return tmp_path

    return write


def load(directory: Path, **environ: str):
    return load_configuration(directory, {"HOME": str(directory), **environ})


def fault(directory: Path, **environ: str) -> tuple[str, int, str, str]:
    """(key, line, what, remedy) of the only fault."""
    with pytest.raises(ConfigurationError) as caught:
        load(directory, **environ)
    (found,) = caught.value.faults
    return found.key, found.line, found.what, found.remedy


def test_paths_and_references_lead_to_the_same_files(write, authority, tmp_path):
    certificate, key = authority.issue("hooks.example")
    (tmp_path / "tls-key").write_bytes(key.read_bytes())
    (tmp_path / "incidentd.toml").write_text(
        f'[ingress]\nlisten = []\n[ingress.tls]\nlisten = ["127.0.0.1:9999"]\ncertificate = "{certificate}"\n'
        f'key = {{ credential = "tls-key" }}\nclient_ca = {{ file = "{authority.certificate}" }}\n'
    )
    daemon = load(tmp_path, CREDENTIALS_DIRECTORY=str(tmp_path)).daemon
    assert daemon.tls.certificate == certificate
    assert daemon.tls.key == tmp_path / "tls-key"
    assert daemon.tls.client_ca == authority.certificate
    assert [str(one) for one in daemon.ingress.tls_listen] == ["127.0.0.1:9999"]
    assert daemon.ingress.public_url == "https://127.0.0.1:9999"


def test_without_the_table_there_is_no_tls(tmp_path):
    daemon = load(tmp_path).daemon
    assert (daemon.tls, daemon.ingress.tls_listen) == (None, ())


def test_a_key_that_is_anothers_is_named_with_its_file(write, authority):
    certificate, _ = authority.issue("one.example")
    _, key = authority.issue("two.example")
    name, line, what, remedy = fault(write(certificate=str(certificate), key=str(key)))
    assert (name, line) == ("ingress.tls.key", 3)
    assert str(key) in what
    assert str(certificate) in what
    assert remedy


def test_each_file_is_checked(write, authority, tmp_path):
    certificate, key = (str(file) for file in authority.issue("hooks.example"))
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_text("s3cret text that is no PEM")
    for member in ("certificate", "key", "client_ca"):
        files = {"certificate": certificate, "key": key, member: str(rubbish)}
        name, line, what, remedy = fault(write(**files))
        assert name == f"ingress.tls.{member}"
        assert line == 2 + list(files).index(member)
        assert str(rubbish) in what
        assert "s3cret" not in what + remedy


def test_an_encrypted_key_is_told_apart(write, authority, tmp_path):
    certificate, key = authority.issue("hooks.example")
    locked = tmp_path / "locked.key"
    locked.write_bytes(
        serialization.load_pem_private_key(key.read_bytes(), None).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"word"),
        )
    )
    name, _, what, remedy = fault(write(certificate=str(certificate), key=str(locked)))
    assert (name, what) == ("ingress.tls.key", f"{locked} holds an encrypted key")
    assert "without a passphrase" in remedy


def test_a_weak_key_is_refused(write, authority, tmp_path):
    from cryptography import x509

    weak = rsa.generate_private_key(65537, 1024)
    certificate, _ = authority.issue("hooks.example", key=weak)
    key = tmp_path / "weak.key"
    key.write_bytes(
        weak.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    assert x509.load_pem_x509_certificate(certificate.read_bytes()).public_key().key_size == 1024
    name, _, what, _ = fault(write(certificate=str(certificate), key=str(key)))
    assert name == "ingress.tls.certificate"
    assert "too small" in what


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"env": "KEY"}, "no reference to a file"),
        ({"file": "a", "env": "b"}, "no reference to a file"),
        (5, "no reference to a file"),
        ("relative.pem", "no absolute path"),
        ("/nowhere/at/all.pem", "does not exist"),
    ],
)
def test_what_leads_to_no_file_is_named(write, authority, value, words):
    certificate, _ = authority.issue("hooks.example")
    text = "{" + ", ".join(f'{k} = "{v}"' for k, v in value.items()) + "}" if isinstance(value, dict) else repr(value)
    directory = write(certificate=str(certificate))
    with (directory / "incidentd.toml").open("a") as file:
        file.write(f"\nkey = {text}\n")
    name, line, what, remedy = fault(directory)
    assert (name, line) == ("ingress.tls.key", 3)
    assert words in what
    assert remedy


def test_a_key_is_required(write, authority):
    certificate, _ = authority.issue("hooks.example")
    name, _, what, _ = fault(write(certificate=str(certificate)))
    assert (name, what) == ("ingress.tls.key", "is missing")
