"""Digests, signatures and the salt tree of the two suites (docs/wire-format.md, sections 1, 4 and 5)."""

import base64
import hashlib
import os
import subprocess
import tempfile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519_SHA256, SM2_SM3 = 1, 2
SUITES = {ED25519_SHA256: "ed25519-sha256", SM2_SM3: "sm2-sm3"}
SIGNER_ID = "1234567812345678"
# The one accepted form of a SubjectPublicKeyInfo: a prefix, then the point.
ED25519_PREFIX = bytes.fromhex("302a300506032b6570032100")
SM2_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")


class Unusable(Exception):
    """This machine lacks something the check needs."""


def sha256(data):
    return hashlib.sha256(data).digest()


def sm3(data):
    if "sm3" in hashlib.algorithms_available:
        return hashlib.new("sm3", data).digest()
    return openssl(["dgst", "-sm3", "-binary"], data).stdout


def digest(suite, data):
    return sha256(data) if suite == ED25519_SHA256 else sm3(data)


def u32(number):
    return number.to_bytes(4, "big")


def u64(number):
    return number.to_bytes(8, "big")


def lp(label, *parts):
    return label.encode() + b"".join(u32(len(part)) + part for part in parts)


def openssl(arguments, data=b""):
    try:
        return subprocess.run(["openssl"] + arguments, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    except FileNotFoundError:
        raise Unusable("SM2 needs the openssl command")


def key_suite(spki):
    """The suite of a ledger key; None for any other key or encoding."""
    if len(spki) == len(ED25519_PREFIX) + 32 and spki.startswith(ED25519_PREFIX):
        return ED25519_SHA256
    if len(spki) == len(SM2_PREFIX) + 65 and spki.startswith(SM2_PREFIX) and spki[len(SM2_PREFIX)] == 4:
        return SM2_SM3
    return None


def is_signed(spki, message, signature):
    suite = key_suite(spki)
    if suite is None or not 1 <= len(signature) <= 128:
        return False
    if suite == ED25519_SHA256:
        try:
            Ed25519PublicKey.from_public_bytes(spki[len(ED25519_PREFIX):]).verify(signature, message)
            return True
        except (InvalidSignature, ValueError):
            return False
    with tempfile.TemporaryDirectory() as directory:
        names = {}
        pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(spki) + b"-----END PUBLIC KEY-----\n"
        for name, data in (("key", pem), ("message", message), ("signature", signature)):
            names[name] = os.path.join(directory, name)
            with open(names[name], "wb") as file:
                file.write(data)
        done = openssl(["pkeyutl", "-verify", "-pubin", "-inkey", names["key"], "-rawin", "-digest", "sm3", "-pkeyopt", "distid:" + SIGNER_ID,
                        "-in", names["message"], "-sigfile", names["signature"]])
    return done.returncode == 0


def depth(count):
    return max(0, (count - 1).bit_length())


def children(suite, node):
    return [digest(suite, b"creditnode salt v1" + node + bytes([side]))[:16] for side in (0, 1)]


def salts_below(suite, level, index, value, count):
    """Salts by leaf index that follow from one node of the tree; leaves right of the last do not exist."""
    nodes, deepest = {index: value}, depth(count)
    for at in range(level, deepest):
        below = {}
        for position, node in nodes.items():
            for side, child in enumerate(children(suite, node)):
                if (2 * position + side) << (deepest - at - 1) < count:
                    below[2 * position + side] = child
        nodes = below
    return nodes


def cover(leaves, count):
    """The minimal cover of some leaves, as (level, index) in leaf order."""
    deepest = depth(count)

    def at(level, index):
        first = index << (deepest - level)
        last = min(count, (index + 1) << (deepest - level))
        inside = [leaf in leaves for leaf in range(first, last)]
        if not inside or not any(inside):
            return []
        if all(inside):
            return [(level, index)]
        return at(level + 1, 2 * index) + at(level + 1, 2 * index + 1)

    return at(0, 0)
