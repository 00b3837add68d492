"""Whether SNS signed a message: RSA (PKCS #1 v1.5) by the key of a certificate that AWS serves."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from incidentd.plugin import BadRequest
from incidentd_sns.envelope import Envelope

_HASHES: dict[str, hashes.HashAlgorithm] = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303 - SNS's version 1
_MIN_BITS = 2048


def read_certificate(pem: bytes, names: re.Pattern[str]) -> x509.Certificate:
    """The certificate in `pem`, one of SNS with an RSA key. Raises `BadRequest` (403).

    It comes without those above it, so that its chain cannot be followed; that it came by TLS from an address of AWS is
    what it is trusted for.
    """
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        key = certificate.public_key()
        found = _names(certificate)
    except Exception as error:  # the parser has many, and the content is from outside
        raise _refused("leads to no certificate") from error
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _MIN_BITS:
        raise _refused(f"leads to a certificate without an RSA key of {_MIN_BITS} bits")
    if not any(names.fullmatch(name) for name in found):
        raise _refused("leads to a certificate that is not one of SNS")
    return certificate


def check(envelope: Envelope, certificate: x509.Certificate, now: datetime) -> None:
    """Raises `BadRequest` (403) unless the certificate is valid `now` and its key signed the message."""
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise _refused("leads to a certificate that is not valid now")
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    try:
        given = base64.b64decode(envelope.signature.encode(), validate=True)
        key.verify(given, envelope.signed_text(), padding.PKCS1v15(), _HASHES[envelope.signature_version])
    except (InvalidSignature, binascii.Error, UnicodeEncodeError):
        raise BadRequest("does not fit the message", field="Signature", status=403) from None


def _names(certificate: x509.Certificate) -> list[str]:
    common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    found = [str(attribute.value) for attribute in common]
    try:
        also = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return found
    return found + also.get_values_for_type(x509.DNSName)


def _refused(what: str) -> BadRequest:
    return BadRequest(what, field="SigningCertURL", status=403)
