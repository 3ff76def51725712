import Foundation
import Glibc

/// How a street's files are written.
enum DemoEncoding: Sendable {
    case utf8
    case gb18030

    /// Writes a UTF-8 file anew in this encoding.
    func recode(file path: String) throws {
        switch self {
        case .utf8: return
        case .gb18030:
            guard let data = FileManager.default.contents(atPath: path) else { throw DemoSurprise(what: "cannot read \(path)") }
            try Data(try Self.gb18030(Array(data))).write(to: URL(fileURLWithPath: path))
        }
    }

    private static func gb18030(_ utf8: [UInt8]) throws -> [UInt8] {
        guard let converter = iconv_open("GB18030", "UTF-8"), converter != iconv_t(bitPattern: -1) else { throw DemoSurprise(what: "no GB18030 converter here") }
        defer { iconv_close(converter) }
        // Han characters take three bytes in UTF-8 and two here; nothing takes more than it had, but for a few of two bytes.
        var input = utf8.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: utf8.count * 2 + 16)
        let written = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target -> Int? in
                var from = source.baseAddress, left = source.count, to = target.baseAddress, room = target.count
                guard iconv(converter, &from, &left, &to, &room) != Int.max, left == 0 else { return nil }
                return target.count - room
            }
        }
        guard let written else { throw DemoSurprise(what: "a sample row cannot be written in GB18030") }
        return output.prefix(written).map { UInt8(bitPattern: $0) }
    }
}
