"""Protocol Buffers (proto3) as far as an export needs them: a reader of the wire encoding, written by hand."""


class Malformed(Exception):
    """Bytes that are not what they should be."""


def varint(data, at):
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise Malformed("a number is cut off")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >= 1 << 64:
                raise Malformed("a number of more than 64 bits")
            return value, at
    raise Malformed("a number of more than ten bytes")


class Message:
    """Fields by number, each with every value it has, in order. What is not known is kept and ignored."""

    def __init__(self, data):
        self.fields = {}
        at = 0
        while at < len(data):
            tag, at = varint(data, at)
            number, kind = tag >> 3, tag & 7
            if number == 0:
                raise Malformed("field 0")
            if kind == 0:
                value, at = varint(data, at)
            elif kind == 2:
                length, at = varint(data, at)
                if length > len(data) - at:
                    raise Malformed("field %d is cut off" % number)
                value = bytes(data[at:at + length])
                at += length
            elif kind in (1, 5):
                size = 8 if kind == 1 else 4
                if size > len(data) - at:
                    raise Malformed("field %d is cut off" % number)
                value = bytes(data[at:at + size])
                at += size
            else:
                raise Malformed("wire type %d" % kind)
            self.fields.setdefault(number, []).append(value)

    def _last(self, number, kind, absent):
        values = self.fields.get(number)
        if values is None:
            return absent
        if not isinstance(values[-1], kind):
            raise Malformed("field %d has another type" % number)
        return values[-1]

    def has(self, number):
        return number in self.fields

    def number(self, number):
        return self._last(number, int, 0)

    def bytes(self, number):
        return self._last(number, bytes, b"")

    def text(self, number):
        try:
            return self.bytes(number).decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("field %d is no UTF-8" % number)

    def message(self, number):
        """An embedded message; parts of one that stands several times are merged, as proto3 has it."""
        return Message(b"".join(self.many(number)))

    def many(self, number):
        values = self.fields.get(number, [])
        if not all(isinstance(value, bytes) for value in values):
            raise Malformed("field %d has another type" % number)
        return values
