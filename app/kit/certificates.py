"""A certificate authority of our own, believed for a few names only, and what it issues."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFE: Final = timedelta(days=3650)
# Some systems refuse server certificates that live much longer than a year.
SERVER_LIFE: Final = timedelta(days=397)
RENEW_BEFORE: Final = timedelta(days=30)
# Clocks of containers and virtual machines are not always right.
BACKDATED: Final = timedelta(hours=1)
LOOPBACK: Final = ("127.0.0.0/8", "::1/128")


@dataclass(frozen=True)
class Pair:
    """A certificate with its private key, both in PEM."""

    certificate: bytes
    key: bytes

    @property
    def parsed(self) -> x509.Certificate:
        """The certificate, read."""
        return x509.load_pem_x509_certificate(self.certificate)

    @property
    def permitted(self) -> list[str]:
        """The names and address blocks that an authority is believed for."""
        constraints = self.parsed.extensions.get_extension_for_class(x509.NameConstraints).value
        return [str(one.value) for one in constraints.permitted_subtrees or ()]


def new_authority(names: Iterable[str], now: datetime) -> Pair:
    """A new authority for these names and all below them, and for loopback; for others nobody believes it.

    Whoever got hold of its key could otherwise pose as any site to all programs that trust it.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = _named("Homeroom certificate authority", f"{x509.random_serial_number():x}"[:12])
    permitted = [_subtree(one) for one in sorted({*names, *LOOPBACK})]
    builder = (
        _builder(name, name, key, now)
        .not_valid_after(now + AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
    )
    return _signed(builder, key, key)


def issue(authority: Pair, names: Iterable[str], now: datetime) -> Pair:
    """A server certificate for host names (`*.` wildcards too) and IP addresses."""
    signer, above = _key(authority), authority.parsed
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _builder(_named("Homeroom server"), above.subject, key, now)
        .not_valid_after(min(now + SERVER_LIFE, above.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(_issuer(above), critical=False)
    )
    return _signed(builder, key, signer)


def permits(authority: Pair, name: str) -> bool:
    """Whether programs that trust the authority believe it for this name or address."""
    wanted = _general(name)
    if isinstance(wanted, x509.DNSName):
        return any(f".{wanted.value}".endswith(f".{permitted}") for permitted in authority.permitted)
    address = ipaddress.ip_address(name)
    blocks = [ipaddress.ip_network(permitted) for permitted in authority.permitted if "/" in permitted]
    return any(address.version == block.version and address in block for block in blocks)


def expired(authority: Pair, now: datetime) -> bool:
    """Whether an authority's time is over; ValueError for what is no authority of ours with its key."""
    try:
        ours = _key(authority).public_key() == authority.parsed.public_key() and bool(authority.permitted)
    except (x509.ExtensionNotFound, TypeError) as error:
        raise ValueError(str(error)) from error
    if not ours:
        raise ValueError("the key is that of another certificate, or no names are permitted")
    return authority.parsed.not_valid_after_utc <= now


def still_serves(server: Pair, authority: Pair, names: Iterable[str], now: datetime) -> bool:
    """Whether a certificate is this authority's, for all the names, and not about to expire."""
    try:
        certificate = server.parsed
        certificate.verify_directly_issued_by(authority.parsed)
        ours = _key(server).public_key() == certificate.public_key()
    except (ValueError, TypeError, InvalidSignature):
        # Whatever is wrong with it, it can be made anew.
        return False
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    covered = all(_general(name) in held for name in names)
    return ours and covered and certificate.not_valid_after_utc - now > RENEW_BEFORE


def _named(*parts: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, " ".join(parts))])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _subtree(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_network(name))
    except ValueError:
        return x509.DNSName(name)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .add_extension(own, critical=False)
    )


def _issuer(authority: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    above = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _signed(
    builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey
) -> Pair:
    pem = serialization.Encoding.PEM
    return Pair(
        builder.sign(signer, hashes.SHA256()).public_bytes(pem),
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def _key(pair: Pair) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pair.key, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the authority's key is not one that this program made")
    return key
