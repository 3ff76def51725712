"""X.509 as the federation uses it (docs/wire-format.md, sections 2 and 8), read from DER by hand."""

import re

from crypto import ED25519_SHA256, SM2_SM3, is_signed, key_suite, sha256

LEDGER_PURPOSE = "2.25.122804055163054552318019279819100262304"
SIGNATURE_OF_SUITE = {ED25519_SHA256: "1.3.101.112", SM2_SM3: "1.2.156.10197.1.501"}
MAXIMUM = 8192
SEGMENT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")


class NotCertified(Exception):
    """Why a chain proves nothing."""


def is_path(text):
    segments = text.split("/")
    return (len(text) <= 200 and 1 <= len(segments) <= 8 and all(SEGMENT.match(segment) for segment in segments)
            and any(letter.isalpha() for letter in segments[0]))


def parent(path):
    return path.rsplit("/", 1)[0] if "/" in path else None


def tier(path):
    return path.count("/") + 1


def is_above_or_same(path, other):
    return other == path or other.startswith(path + "/")


def host(path):
    return ".".join(reversed(path.split("/")))


class Element:
    """One DER element: its tag, its content, and all its bytes."""

    def __init__(self, data, at=0):
        try:
            self.tag, length, begin = data[at], data[at + 1], at + 2
            if length & 0x80:
                size = length & 0x7F
                length = int.from_bytes(data[begin:begin + size], "big")
                if not 1 <= size <= 4 or length < 0x80 or length.bit_length() <= 8 * (size - 1):
                    raise NotCertified("a length that is not DER")
                begin += size
        except IndexError:
            raise NotCertified("a certificate is cut off")
        self.end = begin + length
        if self.end > len(data) or self.tag & 0x1F == 0x1F:
            raise NotCertified("a certificate is cut off")
        self.content, self.all = data[begin:self.end], data[at:self.end]

    def parts(self, tag=None):
        if tag is not None and self.tag != tag:
            raise NotCertified("another element than expected in a certificate")
        found, at = [], 0
        while at < len(self.content):
            found.append(Element(self.content, at))
            at = found[-1].end
        return found


def oid(content):
    numbers, value = [], 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(value)
            value = 0
    if not numbers:
        raise NotCertified("an empty object identifier")
    first = min(numbers[0] // 40, 2)
    return ".".join(str(number) for number in [first, numbers[0] - 40 * first] + numbers[1:])


class Certificate:
    """A ledger certificate of the form that section 8 describes, whole or refused."""

    def __init__(self, der):
        if len(der) > MAXIMUM:
            raise NotCertified("a certificate of %d bytes" % len(der))
        whole = Element(der)
        if whole.end != len(der):
            raise NotCertified("bytes after a certificate")
        try:
            body, algorithm, signature = whole.parts(0x30)
            fields = body.parts(0x30)
            if fields[0].tag != 0xA0 or Element(fields[0].content).content != b"\x02":
                raise NotCertified("not X.509 version 3")
            self.fingerprint = sha256(der)
            self.signed = body.all
            self.algorithm = oid(algorithm.parts(0x30)[0].content)
            if fields[2].all != algorithm.all or signature.tag != 3 or signature.content[:1] != b"\x00":
                raise NotCertified("the signature of a certificate is odd")
            self.signature = signature.content[1:]
            self.spki = fields[6].all
            extensions = [field for field in fields[7:] if field.tag == 0xA3]
            self.extensions = self._extensions(Element(extensions[0].content))
        except (IndexError, ValueError):
            raise NotCertified("not a certificate")
        self.key = sha256(self.spki)
        self.suite = key_suite(self.spki)
        if self.suite is None:
            raise NotCertified("a certificate of a key that signs no ledger")
        self.path = self._path()
        self.is_ca = self._form()

    def _extensions(self, listed):
        found = {}
        for one in listed.parts(0x30):
            parts = one.parts(0x30)
            name = oid(parts[0].content)
            if name in found:
                raise NotCertified("an extension stands twice")
            critical = len(parts) == 3 and parts[1].tag == 1 and parts[1].content == b"\xff"
            found[name] = (critical, Element(parts[-1].content))
        return found

    def _get(self, name, critical):
        if name not in self.extensions or (critical and not self.extensions[name][0]):
            raise NotCertified("the extension %s is missing or not critical" % name)
        return self.extensions[name][1]

    def _path(self):
        names = self._get("2.5.29.17", False).parts(0x30)
        if len(names) != 1 or names[0].tag != 0x86:
            raise NotCertified("not exactly one name, a URI")
        uri = names[0].content.decode("ascii", "replace")
        match = re.match(r"creditnode://([a-z0-9.-]+)/\Z", uri)
        path = "/".join(reversed(match.group(1).split("."))) if match else ""
        if not is_path(path):
            raise NotCertified("%s names no node" % uri[:250])
        return path

    def _form(self):
        basic = self._get("2.5.29.19", True).parts(0x30)
        usage = self._get("2.5.29.15", True).content
        purposes = [oid(part.content) for part in self._get("2.5.29.37", True).parts(0x30)]
        if purposes != [LEDGER_PURPOSE]:
            raise NotCertified("the certificate is not for ledgers")
        is_ca = bool(basic) and basic[0].tag == 1 and basic[0].content == b"\xff"
        # Bits of key usage count from the left: digitalSignature is the first, keyCertSign the sixth.
        if usage != (b"\x02\x04" if is_ca else b"\x07\x80"):
            raise NotCertified("the key usage is another one")
        if is_ca:
            if len(basic) != 2 or int.from_bytes(basic[1].content, "big") != max(0, 7 - tier(self.path)):
                raise NotCertified("the path length is another one")
            self._constraints()
        return is_ca

    def _constraints(self):
        trees = self._get("2.5.29.30", True).parts(0x30)
        if len(trees) != 1 or trees[0].tag != 0xA0:
            raise NotCertified("the name constraints are other ones")
        permitted = set()
        for tree in trees[0].parts():
            parts = tree.parts(0x30)
            if len(parts) != 1 or parts[0].tag != 0x86:
                raise NotCertified("a name constraint that is no URI's")
            permitted.add(parts[0].content.decode("ascii", "replace"))
        expected = {"." + host(self.path)} | ({host(self.path)} if tier(self.path) == 1 else set())
        if permitted != expected:
            raise NotCertified("a CA of %s may certify %s" % (self.path, sorted(permitted)))

    def permits(self, path):
        """Whether the name constraint of this CA covers a path."""
        name, own = host(path), host(self.path)
        return name.endswith("." + own) or (tier(self.path) == 1 and name == own)

    def signed_by(self, issuer):
        return self.algorithm == SIGNATURE_OF_SUITE[issuer.suite] and is_signed(issuer.spki, self.signed, self.signature)


def pinned_root(offered, fingerprint):
    """The offered root certificate with this fingerprint, checked; None when there is none."""
    for der in offered:
        if sha256(der) == fingerprint:
            root = Certificate(der)
            if not root.is_ca or tier(root.path) != 1 or not root.signed_by(root):
                raise NotCertified("the pinned certificate is no root CA")
            return root
    return None


def certify(chain, root, path, key):
    """Checks a chain, leaf first, root last, up to the pinned root, whatever the dates. Returns the leaf's key, DER."""
    if not 2 <= len(chain) <= 16:
        raise NotCertified("a chain of %d certificates" % len(chain))
    found = [Certificate(der) for der in chain]
    leaf = found[0]
    if leaf.is_ca or leaf.path != path:
        raise NotCertified("the first certificate is of %s, not of %s" % (leaf.path, path))
    if leaf.key != key:
        raise NotCertified("the certificates are of another key")
    if found[-1].key != root.key or not found[-1].is_ca or found[-1].path != root.path:
        raise NotCertified("the chain does not lead to the pinned root")
    found[-1] = root
    for child, issuer in zip(found, found[1:]):
        expected = parent(child.path) or child.path
        if not issuer.is_ca or issuer.path != expected:
            raise NotCertified("%s is certified by %s" % (child.path, issuer.path))
        if not issuer.permits(child.path):
            raise NotCertified("%s is outside of the names its CA may certify" % child.path)
        if not child.signed_by(issuer):
            raise NotCertified("the certificate of %s is not signed by the CA of %s" % (child.path, issuer.path))
    return leaf.spki
