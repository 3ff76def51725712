#!/usr/bin/env python3
"""Checks an export of creditnode offline, from its bytes and one pinned fingerprint.

An independent reading of docs/wire-format.md: it shares no code with the program that wrote the file.
Exit codes: 0 everything verifies, 1 faults were found, 2 nothing could be checked.
"""

import argparse
import json
import sys
import zlib

from certificates import NotCertified, certify, is_above_or_same, is_path, parent, pinned_root, tier
from crypto import SUITES, Unusable, cover, digest, is_signed, key_suite, lp, salts_below, sha256, u32, u64
from wire import Malformed, Message, varint
from zstd import unzstd

MAGIC = b"creditnode export 1\n"
MAXIMUM_RECORD, MAXIMUM_HEADER, MAXIMUM_BODIES, MAXIMUM_CLAIMS, MOST_FAULTS = 4 << 20, 16 << 10, 2 << 20, 1 << 20, 1000
LANES = {1: "ordinary", 2: "relief"}


class Fault(Exception):
    def __init__(self, rule, detail, place=None):
        super().__init__(rule, detail)
        self.rule, self.detail, self.place = rule, detail, place


# Identifiers (section 2)

def replica(message):
    path, incarnation = message.text(1), message.bytes(2)
    if not is_path(path) or len(incarnation) != 16:
        raise Malformed("not a replica")
    return (path, incarnation)


def audience(message):
    kind, of, up_to = message.number(1), message.text(2), message.number(3)
    if kind == 1:
        return "local"
    if kind == 3:
        return "published"
    if kind == 2 and is_path(of) and 1 <= up_to <= tier(of):
        return "lineage:%s:%d" % (of, up_to)
    raise Malformed("unknown audience")


def may_write(author, text):
    if not text.startswith("lineage:"):
        return True
    _, of, up_to = text.split(":")
    return is_above_or_same(author, of) and tier(author) >= int(up_to)


def ledger_id(author, text, lane):
    if lane not in LANES:
        raise Malformed("unknown lane %d" % lane)
    if not may_write(author[0], text):
        raise Fault("wrong-audience", "%s may not write for %s" % (author[0], text))
    return (author, text, lane)


def name(ledger):
    (path, incarnation), text, lane = ledger
    return "%s#%s/%s/%s" % (path, incarnation.hex(), text, LANES[lane])


def order(ledger):
    (path, incarnation), text, lane = ledger
    return (path.encode(), incarnation, text.encode(), lane)


def digest_of(message, number, what):
    value = message.bytes(number)
    if len(value) != 32:
        raise Malformed("%s has 32 bytes" % what)
    return value


def tip(message):
    inner = message.message(1)
    ledger = ledger_id(replica(inner.message(1)), audience(inner.message(2)), inner.number(3))
    if message.number(2) >= 1 << 62:
        raise Malformed("a sequence is below 2^62")
    return ledger, message.number(2), digest_of(message, 3, "a tip")


# Change sets (sections 3 to 5)

class Header:
    def __init__(self, data):
        if len(data) > MAXIMUM_HEADER:
            raise Fault("too-large", "a header of %d bytes" % len(data))
        fields = Message(data)
        if fields.number(1) == 0:
            raise Malformed("no format version")
        if fields.number(1) != 1:
            raise Fault("newer-format", "format %d" % fields.number(1))
        self.suite = fields.number(8)
        if self.suite not in SUITES:
            raise Fault("newer-format", "suite %d" % self.suite)
        self.ledger = ledger_id(replica(fields.message(2)), audience(fields.message(3)), fields.number(4))
        self.sequence, self.previous = fields.number(5), fields.bytes(6)
        self.key = digest_of(fields, 9, "a key id")
        self.first, self.count = fields.number(10), fields.number(11)
        if not 1 <= self.sequence < 1 << 62 or (self.sequence == 1) != (self.previous == b"") or len(self.previous) not in (0, 32):
            raise Malformed("the first entry, and no other, names no previous one")
        if not 1 <= self.count <= 1000:
            raise Fault("too-large", "%d changes" % self.count)
        if not 1 <= self.first < 1 << 62:
            raise Malformed("counters begin at 1")
        siblings = [Message(one) for one in fields.many(12)]
        if len(siblings) > 16:
            raise Fault("too-large", "%d siblings" % len(siblings))
        self.siblings = [(one.number(1), one.number(2), digest_of(one, 3, "a sibling tip")) for one in siblings]

    @property
    def place(self):
        return "%s %d" % (name(self.ledger), self.sequence)


def inflate(data, compression, size):
    if size > MAXIMUM_BODIES or len(data) > MAXIMUM_BODIES:
        raise Fault("too-large", "%d bytes of bodies" % size)
    if compression == 0:
        out = data
    elif compression == 1:
        stream = zlib.decompressobj(-15)
        try:
            out = stream.decompress(data, size + 1)
        except zlib.error as error:
            raise Malformed("the compressed bytes are broken: %s" % error)
        if not stream.eof or stream.unused_data:
            raise Malformed("the compressed bytes do not end where they should")
    elif compression == 2:
        out = unzstd(data, size)
    else:
        raise Malformed("unknown compression %d" % compression)
    if len(out) != size:
        raise Malformed("%d bytes of bodies; %d were announced" % (len(out), size))
    return out


def body_digests(header, entry):
    """The salted digests of an entry's bodies, and the bodies, the missing ones empty."""
    part = Message(inflate(entry.bytes(6), entry.number(4), entry.number(5)))
    bodies = part.many(2)
    if len(bodies) != header.count:
        raise Malformed("%d bodies; the header says %d" % (len(bodies), header.count))
    nodes = []
    for one in map(Message, part.many(1)):
        node = (one.number(1), one.number(2), one.bytes(3))
        if len(node[2]) != 16 or node[0] > 10 or node[1] >= 1 << node[0]:
            raise Malformed("a salt node out of bounds")
        nodes.append(node)

    def salted(salt, body):
        return digest(header.suite, b"creditnode body v1" + salt + body)

    missing = sum(1 for body in bodies if not body)
    if missing == 0 and len(nodes) == 1 and nodes[0][0] == 0:
        salts = salts_below(header.suite, 0, 0, nodes[0][2], header.count)
        return b"".join(salted(salts[index], body) for index, body in enumerate(bodies)), bodies
    given = entry.bytes(3)
    if len(given) != 32 * header.count:
        raise Malformed("bodies are missing and so are their digests")
    salts = {}
    for level, index, value in nodes:
        below = salts_below(header.suite, level, index, value, header.count)
        if salts.keys() & below.keys():
            raise Malformed("salt nodes overlap")
        salts.update(below)
    if [(level, index) for level, index, _ in nodes] != cover(salts.keys(), header.count):
        raise Malformed("the salts are no minimal cover")
    for index, body in enumerate(bodies):
        if not body:
            continue
        if index not in salts:
            raise Malformed("body %d came without its salt" % index)
        if salted(salts[index], body) != given[32 * index:32 * index + 32]:
            raise Fault("bad-signature", "body %d is not the one that was signed" % index)
    return given, bodies


def ordered(body, author):
    """The changes whose bodies a change orders erased, as (path, incarnation, counter); none of another kind."""
    change = Message(body)
    if not change.has(54) or not change.has(2):
        return set()
    home = change.message(2).message(1).text(1)
    if not (home + "/").startswith(author + "/"):
        return set()
    dots = set()
    for run in map(Message, change.message(54).many(2)):
        replica = run.message(1)
        packed = b"".join(run.many(2))
        at = 0
        while at < len(packed):
            counter, at = varint(packed, at)
            dots.add((replica.text(1), replica.bytes(2), counter))
    return dots


class Verifier:
    def __init__(self, fingerprint):
        self.fingerprint, self.root = fingerprint, None
        self.faults, self.notes = [], []
        self.counts = dict.fromkeys(("keys", "receipts", "statements", "ledgers", "entries", "changes", "missing_bodies"), 0)
        self.suites, self.exporter, self.complete = {}, None, False
        self.records, self.running, self.ended = 0, sha256(MAGIC), False
        self.keys, self.keys_of_path = {}, {}
        self.open, self.last_ledger = None, None
        self.tips, self.claims, self.claim_count, self.sibling_claims = {}, {}, 0, {}
        self.counters, self.includes_local = {}, False
        self.missing, self.ordered = set(), set()

    def fault(self, place, rule, detail):
        if len(self.faults) < MOST_FAULTS:
            self.faults.append({"place": place, "rule": rule, "detail": detail})

    def note(self, place, rule, detail):
        if len(self.notes) < MOST_FAULTS:
            self.notes.append({"place": place, "rule": rule, "detail": detail})

    @property
    def hopeless(self):
        return self.records > 0 and self.root is None

    def take(self, data):
        self.records += 1
        place = "record %d" % self.records
        if self.ended:
            return self.fault(place, "malformed", "it stands behind the trailer")
        try:
            record = Message(data)
            kinds = [number for number in record.fields if number in range(1, 8)]
            if self.records == 1 and kinds != [1]:
                self.fault(place, "malformed", "an export begins with its header")
            if len(kinds) > 1:
                raise Malformed("two kinds in one record")
            handlers = {1: self.header, 2: self.key, 3: self.receipt, 4: self.statement, 5: self.ledger, 6: self.entry, 7: self.trailer}
            for kind in kinds:
                handlers[kind](record.message(kind), place)
        except Fault as fault:
            self.fault(fault.place or place, fault.rule, fault.detail)
        except Malformed as error:
            self.fault(place, "malformed", str(error))
        self.running = sha256(self.running + sha256(data))

    def header(self, message, place):
        if self.records != 1:
            raise Malformed("a second header")
        if message.number(1) != 1:
            raise Fault("newer-format" if message.number(1) else "malformed", "export format %d" % message.number(1))
        self.exporter = replica(message.message(2))
        self.includes_local, self.complete = bool(message.number(6)), message.text(7) == ""
        try:
            self.root = pinned_root(message.many(5), self.fingerprint)
        except NotCertified as error:
            raise Fault("untrusted-root", str(error))
        if self.root is None:
            raise Fault("untrusted-root", "the file offers no root certificate with the fingerprint %s" % self.fingerprint.hex())

    # Keys (section 8)

    def key(self, message, place):
        self.counts["keys"] += 1
        key, path = digest_of(message, 1, "a key id"), message.text(2)
        place = "key %s of %s" % (key.hex()[:12], path)
        try:
            spki = certify(message.many(3), self.root, path, key)
        except NotCertified as error:
            raise Fault("key-not-certified", str(error), place)
        if key in self.keys:
            raise Fault("malformed", "it stands twice", place)
        earlier = self.keys_of_path.setdefault(path, [])
        if earlier:
            self.continuity(message.message(4), key, path, earlier, place)
        self.keys[key] = (path, spki)
        earlier.append(key)

    def continuity(self, message, key, path, earlier, place):
        new, old, time, signer = message.bytes(2), message.bytes(3), message.number(4), message.bytes(5)
        if message.text(1) != path or new != key or old not in earlier or signer not in self.keys:
            raise Fault("key-not-continued", "%s has another key before it, and no known key continued it" % path, place)
        signer_path, spki = self.keys[signer]
        above = parent(path)
        grandparent = parent(above) if above else None
        allowed = signer == old or signer_path == (grandparent or above)
        if not allowed or not is_signed(spki, lp("creditnode key continuity v1", path.encode(), new, old, u64(time)), message.bytes(6)):
            raise Fault("key-not-continued", "not signed by the old key or one tier above the parent", place)

    # Receipts and statements (section 9)

    def receipt(self, message, place):
        self.counts["receipts"] += 1
        content = Message(message.bytes(1))
        issuer, child, durable = replica(content.message(1)), content.text(2), content.text(4)
        of = "receipt of %s for %s" % (issuer[0], child)
        if not is_path(child) or parent(child) != issuer[0] or not is_path(durable) or not is_above_or_same(durable, issuer[0]):
            raise Fault("wrong-audience", "it speaks of tiers that are not its own", of)
        path, spki = self.keys.get(message.bytes(2), (None, None))
        if path != issuer[0]:
            raise Fault("unknown-key", "no key of %s in the file" % issuer[0], of)
        if not is_signed(spki, lp("creditnode receipt v1", message.bytes(1)), message.bytes(3)):
            raise Fault("bad-signature", "the signature is wrong", of)
        self.claim([tip(Message(one)) for one in content.many(3)])

    def statement(self, message, place):
        self.counts["statements"] += 1
        content = Message(message.bytes(1))
        issuer, key = replica(content.message(1)), message.bytes(2)
        of = "statement of %s" % issuer[0]
        if key in self.keys:
            path, spki = self.keys[key]
            if path != issuer[0]:
                raise Fault("key-not-certified", "signed with the key of %s" % path, of)
        else:
            try:
                spki = certify(message.many(4), self.root, issuer[0], key)
            except NotCertified as error:
                raise Fault("key-not-certified", str(error), of)
        if not is_signed(spki, lp("creditnode statement v1", message.bytes(1)), message.bytes(3)):
            raise Fault("bad-signature", "the signature is wrong", of)
        said = content.message(16).many(4) + content.message(17).many(1)
        tips = [tip(Message(one)) for one in said]
        self.claim([one for one in tips if one[0][0][0] == issuer[0]])

    def claim(self, tips):
        for ledger, sequence, value in tips:
            known = self.claims.setdefault(ledger, {})
            if known.setdefault(sequence, value) != value:
                self.fault("%s %d" % (name(ledger), sequence), "tip-differs", "two signed statements name different entries here")
            self.claim_count += 1
            if self.claim_count > MAXIMUM_CLAIMS:
                raise Fault("too-large", "more than %d tips" % MAXIMUM_CLAIMS)

    # Ledgers (sections 3 and 15)

    def ledger(self, message, place):
        self.close_ledger()
        self.counts["ledgers"] += 1
        ledger, sequence, value = tip(message)
        if self.last_ledger is not None and order(self.last_ledger) >= order(ledger):
            self.fault(name(ledger), "malformed", "ledgers stand in ascending order, each once")
        if ledger[1] == "local" and not self.includes_local:
            self.fault(name(ledger), "wrong-audience", "a local ledger that the header does not announce")
        self.last_ledger, self.tips[ledger] = ledger, (sequence, value)
        self.open = {"ledger": ledger, "sequence": 0, "digest": b"", "siblings": []}

    def close_ledger(self):
        if self.open is None:
            return
        ledger, sequence, value = self.open["ledger"], self.open["sequence"], self.open["digest"]
        announced = self.tips[ledger]
        if sequence != announced[0]:
            self.fault(name(ledger), "ledger-incomplete", "announced up to %d; the entries end at %d" % (announced[0], sequence))
        elif value is not None and sequence > 0 and value != announced[1]:
            self.fault("%s %d" % (name(ledger), sequence), "tip-differs", "the announced tip is another entry")
        for lane, held, sibling in self.open["siblings"]:
            self.sibling_claims[(ledger[0], ledger[1], lane)] = (held, sibling)
        self.open = None

    def entry(self, message, place):
        self.counts["entries"] += 1
        state = self.open
        if state is None:
            raise Fault("malformed", "an entry outside of a ledger")
        expected = state["sequence"] + 1
        at = "%s %d" % (name(state["ledger"]), expected)
        before, state["digest"] = state["digest"], None
        try:
            header = Header(message.bytes(1))
            if header.ledger != state["ledger"]:
                raise Fault("wrong-audience", "an entry of %s" % header.place)
        except (Malformed, Fault) as error:
            state["sequence"] = expected
            raise Fault(getattr(error, "rule", "malformed"), getattr(error, "detail", str(error)), at)
        at = header.place
        self.counts["changes"] += header.count
        suite = SUITES[header.suite]
        self.suites[suite] = self.suites.get(suite, 0) + 1
        if header.sequence != expected:
            self.fault(at, "out-of-order", "entry %d comes here" % expected)
        elif before is not None and header.previous != before:
            self.fault(at, "broken-chain", "the previous entry it names is not the one before it")
        state["sequence"], state["siblings"] = header.sequence, header.siblings
        self.counters.setdefault(header.ledger[0], []).append((header.first, header.count))
        self.check(header, message, at, state)

    def check(self, header, message, at, state):
        if header.key not in self.keys:
            raise Fault("unknown-key", "its key %s is not certified in this file" % header.key.hex()[:12], at)
        path, spki = self.keys[header.key]
        if path != header.ledger[0][0] or key_suite(spki) != header.suite:
            raise Fault("key-not-certified", "the key is certified for %s, or of another suite" % path, at)
        try:
            digests, bodies = body_digests(header, message)
        except Malformed as error:
            raise Fault("malformed", str(error), at)
        except Fault as fault:
            raise Fault(fault.rule, fault.detail, at)
        raw = message.bytes(1)
        value = digest(header.suite, b"creditnode header v1" + u32(len(raw)) + raw + digests)
        if not is_signed(spki, lp("creditnode change set v1", value), message.bytes(2)):
            raise Fault("bad-signature", "the signature does not cover these bytes", at)
        state["digest"] = value
        (path, incarnation), audience, lane = header.ledger
        for index, body in enumerate(bodies):
            if not body:
                self.counts["missing_bodies"] += 1
                self.missing.add((path, incarnation, header.first + index))
            elif lane == 2 and audience != "published":
                try:
                    self.ordered |= ordered(body, path)
                except Malformed:
                    pass  # a body that nobody can read orders nothing
        if self.claims.get(header.ledger, {}).get(header.sequence, value) != value:
            self.fault(at, "tip-differs", "a receipt or statement names another entry here")

    # The end

    def trailer(self, message, place):
        self.close_ledger()
        self.ended = True
        counted = [self.counts[what] for what in ("keys", "receipts", "statements", "ledgers", "entries", "changes")]
        if counted != [message.number(number) for number in range(1, 7)]:
            self.fault(place, "count-differs", "the trailer counts other records than the file holds")
        if message.bytes(7) != self.running:
            self.fault(place, "file-digest", "the bytes before it are not those that were written")

    def finish(self, whole):
        self.close_ledger()
        if not self.ended or not whole:
            self.fault("record %d" % (self.records + 1), "truncated", "the file ends before its trailer")
        for author, ranges in sorted(self.counters.items()):
            self.check_counters(author, sorted(ranges))
        for path, incarnation, counter in sorted(self.missing - self.ordered):
            say = self.fault if self.complete else self.note
            say("%s#%s:%d" % (path, incarnation.hex(), counter), "missing-body", "no erasure order in this file names it")
        most = {ledger: said[0] for ledger, said in self.sibling_claims.items()}
        for ledger, said in self.claims.items():
            most[ledger] = max(most.get(ledger, 0), max(said, default=0))
        for ledger in sorted(most, key=order):
            # A ledger that is not in the file at all may have been left out by choice.
            if ledger in self.tips and self.tips[ledger][0] < most[ledger]:
                self.note(name(ledger), "withheld", "signed for up to %d; the file holds up to %d" % (most[ledger], self.tips[ledger][0]))
        for ledger, (sequence, value) in sorted(self.sibling_claims.items(), key=lambda item: order(item[0])):
            if ledger in self.tips and self.tips[ledger][0] == sequence and self.tips[ledger][1] != value:
                self.fault("%s %d" % (name(ledger), sequence), "tip-differs", "a header of the same author names another entry here")

    def check_counters(self, author, ranges):
        end = 1
        for first, count in ranges:
            if first < end:
                self.fault("%s#%s:%d" % (author[0], author[1].hex(), first), "counter-reused", "two entries use this counter")
            elif first > end and self.includes_local and self.complete and author == self.exporter:
                # Of its own ledgers, local ones included, the exporter holds every counter.
                self.note("%s#%s:%d" % (author[0], author[1].hex(), end), "counter-gap", "counters %d to %d are in no ledger of this file" % (end, first - 1))
            end = max(end, first + count)


def read(path, verifier):
    with open(path, "rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise Unusable("not an export file, or one of a newer format")
        while True:
            length = file.read(4)
            size = int.from_bytes(length, "big")
            if len(length) < 4:
                return verifier.finish(length == b"")
            if not 1 <= size <= MAXIMUM_RECORD:
                verifier.fault("record %d" % (verifier.records + 1), "malformed", "a record of %d bytes" % size)
                return verifier.finish(False)
            data = file.read(size)
            if len(data) < size:
                return verifier.finish(False)
            verifier.take(data)
            if verifier.hopeless:
                return None


def main():
    parser = argparse.ArgumentParser(description="Checks an export of creditnode offline / 离线校验导出文件")
    parser.add_argument("file")
    parser.add_argument("--root", required=True, help="SHA-256 of the ledger root certificate, 64 hexadecimal digits / 账本根证书指纹")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args()
    try:
        fingerprint = bytes.fromhex(options.root.replace(":", ""))
        if len(fingerprint) != 32:
            raise ValueError
        verifier = Verifier(fingerprint)
        read(options.file, verifier)
    except ValueError:
        print("--root: 64 hexadecimal digits", file=sys.stderr)
        return 2
    except (OSError, Unusable) as error:
        print("%s: %s" % (options.file, error), file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(dict(verifier.counts, suites=verifier.suites, faults=verifier.faults, notes=verifier.notes), sort_keys=True))
    else:
        for fault in verifier.faults:
            print("FAULT %(place)s: %(rule)s: %(detail)s" % fault)
        for note in verifier.notes:
            print("note  %(place)s: %(rule)s: %(detail)s" % note)
        print(", ".join("%s %d" % (what.replace("_", " "), count) for what, count in list(verifier.counts.items()) + sorted(verifier.suites.items())))
        print("everything verifies" if not verifier.faults else "%d faults" % len(verifier.faults))
    return 1 if verifier.faults else 0


if __name__ == "__main__":
    sys.exit(main())
