/// Counts the entries of a repeated field without decoding them: two bytes on the wire can become a
/// hundred in memory, and a peer must not be able to multiply so.
enum WireScan {
    /// How often `field` (length-delimited) stands at the top level of `bytes`; malformed bytes are counted
    /// as far as they can be read, and left to the decoder to refuse.
    static func count(field: UInt64, in bytes: ArraySlice<UInt8>) -> Int {
        var count = 0
        each(in: bytes) { number, _ in if number == field { count += 1 } }
        return count
    }

    /// How many entries stand at the end of `path`, in all messages on the way to it together: a message that is repeated,
    /// or merged from pieces, cannot hide a crowd.
    /// - Returns: nil where the bytes are no message of known wire types all along the path. Groups, which our formats
    ///   never had, are among what is not known: a decoder would step over one and find a crowd behind it.
    static func count(path: ArraySlice<UInt64>, in bytes: ArraySlice<UInt8>) -> Int? {
        guard let field = path.first else { return 1 }
        var count = 0
        var isWhole = true
        let ended = each(in: bytes) { number, content in
            guard number == field, isWhole else { return }
            if path.count == 1 { count += 1 } else if let inner = self.count(path: path.dropFirst(), in: content) { count += inner } else { isWhole = false }
        }
        return ended && isWhole ? count : nil
    }

    /// The content of the first length-delimited field with this number; nil when there is none.
    static func first(field: UInt64, in bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var found: ArraySlice<UInt8>?
        each(in: bytes) { number, content in if number == field, found == nil { found = content } }
        return found
    }

    /// - Returns: whether every field up to the end could be read.
    @discardableResult
    private static func each(in bytes: ArraySlice<UInt8>, _ body: (UInt64, ArraySlice<UInt8>) -> Void) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            guard let tag = varint(&rest) else { return false }
            switch tag & 7 {
            case 0: guard varint(&rest) != nil else { return false }
            case 1:
                guard rest.count >= 8 else { return false }
                rest = rest.dropFirst(8)
            case 2:
                guard let length = varint(&rest), length <= UInt64(rest.count) else { return false }
                body(tag >> 3, rest.prefix(Int(length)))
                rest = rest.dropFirst(Int(length))
            case 5:
                guard rest.count >= 4 else { return false }
                rest = rest.dropFirst(4)
            // Groups and unknown wire types: from the wire, not an enum of ours.
            default: return false
            }
        }
        return true
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.first, shift < 64 {
            rest = rest.dropFirst()
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}

extension String {
    /// The first `bytes` bytes, cut on a byte: text of a peer in a message of ours stays small. Characters are no
    /// measure, for one of them may have a million combining marks.
    package func bounded(_ bytes: Int) -> String {
        utf8.count <= bytes ? self : String(decoding: utf8.prefix(bytes), as: UTF8.self)
    }
}
