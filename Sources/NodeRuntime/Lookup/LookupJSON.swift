import Node
import Registry
import Storage

/// The answer to a look-up as JSON, byte for byte what encoding ``LookupCommand/Response`` with sorted keys gives: at many
/// thousands a second a general encoder would cost more than finding the answer.
struct LookupJSON {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

    /// - Parameter lastContact: with the parent, milliseconds since 1970.
    mutating func answer(_ result: LookupResult, node: String, lastContact: UInt64?) {
        raw("{")
        if !result.aliases.isEmpty {
            raw("\"aliases\":[")
            for (index, code) in result.aliases.enumerated() {
                if index > 0 { raw(",") }
                text(code)
            }
            raw("],")
        }
        raw("\"answeredAt\":")
        time(result.answeredAt)
        if result.confirm { raw(",\"confirm\":true") } else { raw(",\"confirm\":false") }
        if let lastContact {
            raw(",\"lastContact\":")
            time(lastContact)
        }
        raw(",\"lists\":[")
        var isFirst = true
        for list in result.lists {
            if !isFirst { raw(",") }
            isFirst = false
            answer(list)
        }
        raw("],\"microseconds\":")
        raw(String(Int(result.took / .microseconds(1))))
        raw(",\"node\":")
        text(node)
        if result.notices > 0 {
            raw(",\"notices\":")
            raw(String(result.notices))
        }
        raw(",\"receipt\":")
        text(result.receipt)
        raw(",\"records\":[")
        for (index, one) in result.marked.enumerated() {
            if index > 0 { raw(",") }
            marked(one)
        }
        if result.isCut { raw("],\"recordsCut\":true,\"recordsHeld\":{") } else { raw("],\"recordsHeld\":{") }
        isFirst = true
        for (item, count) in Self.held(result).sorted(by: { $0.key < $1.key }) {
            if !isFirst { raw(",") }
            isFirst = false
            text(item)
            raw(":")
            raw(String(count))
        }
        raw("},\"subject\":")
        text(result.subject.description)
        raw("}")
    }

    /// Counts by item; items that share a code count together.
    static func held(_ result: LookupResult) -> [String: Int] {
        var held: [String: Int] = [:]
        for count in result.records { held[count.item, default: 0] += count.count }
        return held
    }

    private mutating func write(_ marks: [String]) {
        for (index, mark) in marks.enumerated() {
            if index > 0 { raw(",") }
            text(mark)
        }
    }

    private mutating func marked(_ one: MarkedRecord) {
        raw("{\"authority\":")
        text(one.authority)
        raw(",\"authorityName\":")
        text(one.authorityName)
        raw(",\"document\":")
        text(one.document)
        raw(",\"item\":")
        text(one.item)
        raw(",\"label\":")
        text(one.label.rawValue)
        raw(",\"marks\":[")
        write(one.marks)
        raw("]")
        if let record = one.record {
            raw(",\"record\":")
            text(record.description)
        }
        raw("}")
    }

    private mutating func answer(_ answer: LookupListAnswer) {
        raw("{\"answer\":")
        text(answer.verdict.rawValue)
        if let asOf = answer.asOf {
            raw(",\"asOf\":")
            time(asOf)
        }
        raw(",\"basis\":")
        text(answer.list?.opened.basis ?? "")
        raw(",\"competentAuthority\":")
        text(answer.list?.opened.authority ?? "")
        if let edition = answer.edition {
            raw(",\"edition\":")
            raw(String(edition.number))
        }
        raw(",\"hits\":[")
        for (index, hit) in answer.hits.enumerated() {
            if index > 0 { raw(",") }
            self.hit(hit, answer.marks[hit.id] ?? [])
        }
        raw("],\"list\":")
        text(answer.list?.opened.code ?? "")
        if let reason = answer.reason {
            raw(",\"reason\":")
            text(reason.rawValue)
        }
        raw(",\"title\":")
        text(answer.list?.opened.title ?? "")
        if let until = answer.validUntil {
            raw(",\"validUntil\":")
            time(until)
        }
        raw("}")
    }

    private mutating func hit(_ hit: ListEntryRow, _ marks: [String]) {
        raw("{\"authority\":")
        text(hit.authority)
        raw(",\"document\":")
        text(hit.document)
        raw(",\"entry\":")
        text(hit.id.description)
        raw(",\"marks\":[")
        write(marks)
        raw("],\"name\":")
        text(hit.name)
        raw(",\"since\":")
        text(hit.since.description)
        if let until = hit.until {
            raw(",\"until\":")
            text(until.description)
        }
        raw("}")
    }

    private mutating func time(_ milliseconds: UInt64) { text(Instant.text(milliseconds)) }

    mutating func raw(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// A string in quotes; escapes as Foundation's encoder writes them without escaping slashes.
    mutating func text(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        let isPlain = text.utf8.withContiguousStorageIfAvailable { utf8 in
            guard utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) else { return false }
            bytes.append(contentsOf: utf8)
            return true
        }
        if isPlain != true { escape(text) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x08: raw("\\b")
            case 0x09: raw("\\t")
            case 0x0A: raw("\\n")
            case 0x0C: raw("\\f")
            case 0x0D: raw("\\r")
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                raw("\\u00")
                bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
    }
}
