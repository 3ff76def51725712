import Foundation
import NodeRuntime

/// What both ends of the local API must agree on: paths, headers, encodings.
package enum ControlWire {
    /// Carries the base64 of the JSON of ``ImportOptions``: names of files and people need not be ASCII.
    package static let optionsHeader = "x-creditnode-options"
    package static let importPath = "/v1/import"
    package static let exportPath = "/v1/export"
    /// A command is a handful of texts.
    package static let maximumCommandBytes = 1 << 20

    package static func path<C: ControlCommand>(of command: C.Type) -> String { "/v1/control/\(C.name)" }

    /// JSON in one line with sorted keys, so that equal values give equal bytes.
    package static func encode<Value: Encodable>(_ value: Value) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try Array(encoder.encode(value))
    }

    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: some Sequence<UInt8>) throws -> Value {
        try JSONDecoder().decode(type, from: Data(bytes))
    }

    package static func encodeOptions(_ options: ImportOptions) throws -> String {
        try Data(encode(options)).base64EncodedString()
    }

    /// - Throws: `ControlFault` when the header is missing or does not say what it should.
    package static func decodeOptions(_ header: String?) throws -> ImportOptions {
        guard let header, let data = Data(base64Encoded: header),
              let options = try? JSONDecoder().decode(ImportOptions.self, from: data)
        else {
            throw ControlFault(
                "bad-options", zh: "导入选项缺失或无法读取", en: "The import options are missing or unreadable",
                hint: "\(optionsHeader): base64(JSON ImportOptions)", exit: .usage)
        }
        return options
    }
}
