"""The files of the TLS listener: its certificate, its key, and the authorities its clients' certificates are from.

Settings of the server are those of `ssl.create_default_context`, with TLS 1.2 as the oldest version and HTTP/1.1 as the
only protocol.
"""

from __future__ import annotations

import ssl
from datetime import datetime
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from cryptography import x509
_MAX_BYTES = 1024 * 1024


class TlsFiles(msgspec.Struct, frozen=True):
    """Where the files lie. `certificate` holds the server's own certificate first, then those above it, in PEM."""

    certificate: FilePath
    key: FilePath
    client_ca: FilePath | None = None


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What a certificate says of itself; `names` are the hosts it is for."""

    serial: int
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime


class BadTls(ValueError):
    """A file cannot be used. `member` is its key in the configuration; the text names the file, never its content."""

    def __init__(self, member: str, what: str, remedy: str) -> None:
        super().__init__(what)
        self.member = member
        self.remedy = remedy


def load_tls(files: TlsFiles) -> tuple[Certificate, ssl.SSLContext]:
    """The server's certificate and a context that shows it. Raises `BadTls` unless all files fit together."""
    found = _certificate("certificate", files.certificate)
    _check_key(files, found)
    if files.client_ca is not None:
        _certificate("client_ca", files.client_ca)
    certificate = Certificate(
        serial=found.serial_number,
        names=_names(found),
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
    )
    return certificate, _context(files)


def _context(files: TlsFiles) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(files.certificate, files.key, password=_no_password)
    except (OSError, ssl.SSLError, ValueError) as error:
        what = f"{files.certificate} and {files.key} cannot be used: {_reason(error)}"
        raise BadTls("certificate", what, "use a key of at least 2048 bits (RSA) or 256 (EC)") from None
    if files.client_ca is not None:
        try:
            context.load_verify_locations(files.client_ca)
        except (OSError, ssl.SSLError) as error:
            what = f"{files.client_ca} cannot be used: {_reason(error)}"
            raise BadTls("client_ca", what, "store the authorities' certificates in PEM in it") from None
        context.verify_mode = ssl.CERT_REQUIRED
        context.num_tickets = 0  # a session that is resumed would outlive its authority
        context.options |= ssl.OP_NO_TICKET
    return context


def _certificate(member: str, file: FilePath) -> x509.Certificate:
    from cryptography.x509 import load_pem_x509_certificates

    content = _read(member, file)
    try:
        return load_pem_x509_certificates(content)[0]
    except ValueError:
        remedy = "store the certificates in PEM: -----BEGIN CERTIFICATE-----, the server's own first"
        raise BadTls(member, f"{file} holds no certificate", remedy) from None


def _check_key(files: TlsFiles, certificate: x509.Certificate) -> None:
    """Raises `BadTls` unless the key can be read and is the certificate's."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    content = _read("key", files.key)
    try:
        key = load_pem_private_key(content, password=None)
    except TypeError:
        remedy = "store it without a passphrase, readable by incidentd's user only"
        raise BadTls("key", f"{files.key} holds an encrypted key", remedy) from None
    except (ValueError, UnsupportedAlgorithm):
        remedy = "store the key in PEM: -----BEGIN PRIVATE KEY-----"
        raise BadTls("key", f"{files.key} holds no private key", remedy) from None
    if key.public_key() != certificate.public_key():
        what = f"the key in {files.key} is not that of the certificate in {files.certificate}"
        raise BadTls("key", what, "name the key that the certificate was made for; its own must come first in the file")


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    from cryptography.x509 import DNSName, ExtensionNotFound, IPAddress, SubjectAlternativeName

    try:
        also = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    except (ExtensionNotFound, ValueError):
        return (certificate.subject.rfc4514_string(),)
    return (*also.get_values_for_type(DNSName), *map(str, also.get_values_for_type(IPAddress)))


def _read(member: str, file: FilePath) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        raise BadTls(member, f"{file} does not exist", "create it, or correct the path") from None
    except OSError as error:
        raise BadTls(member, f"{file} cannot be read: {error.strerror}", "give incidentd's user the right") from None
    if len(content) > _MAX_BYTES:
        raise BadTls(member, f"{file} is larger than 1 MiB", "is this the right file?")
    return content


def _no_password() -> str:
    """OpenSSL would ask on the terminal for the passphrase of an encrypted key."""
    raise ValueError("the key is encrypted")


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.lower().replace("_", " ")
    return getattr(error, "strerror", None) or str(error)
