/// Kinds of files that are taken as attachments, known by their first bytes: a name proves nothing.
package enum FileKind: String, Sendable, Hashable, CaseIterable {
    case pdf = "application/pdf"
    case jpeg = "image/jpeg"
    case png = "image/png"
    case tiff = "image/tiff"
    /// Fixed-layout documents of GB/T 33190-2016: a zip with an entry OFD.xml at its top.
    case ofd = "application/ofd"

    package var mediaType: String { rawValue }

    /// - Parameters:
    ///   - head: the first bytes, 64 KiB or what there is.
    ///   - tail: the last bytes, where a zip has its directory.
    /// - Returns: nil for any other kind.
    package static func recognise(head: some Collection<UInt8>, tail: some Collection<UInt8>) -> FileKind? {
        for (kind, mark) in marks where head.starts(with: mark) {
            if kind == .ofd, !holds(ofdEntry, in: Array(head)), !holds(ofdEntry, in: Array(tail)) { return nil }
            return kind
        }
        return nil
    }

    private static let ofdEntry = Array("OFD.xml".utf8)

    private static let marks: [(FileKind, [UInt8])] = [
        (.pdf, Array("%PDF-".utf8)), (.jpeg, [0xFF, 0xD8, 0xFF]), (.png, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        (.tiff, [0x49, 0x49, 0x2A, 0x00]), (.tiff, [0x4D, 0x4D, 0x00, 0x2A]), (.ofd, [0x50, 0x4B, 0x03, 0x04]),
    ]

    private static func holds(_ word: [UInt8], in bytes: [UInt8]) -> Bool {
        guard bytes.count >= word.count else { return false }
        return (0...bytes.count - word.count).contains { start in bytes[start] == word[0] && bytes[start..<start + word.count].elementsEqual(word) }
    }
}
