import Foundation
import Registry

/// Why a data file cannot be used: everything that is wrong with it, in the order of the file where that is known.
package struct FileFaults: Error, Sendable, Hashable, CustomStringConvertible {
    package var faults: [DataFault]

    package init(_ faults: [DataFault]) { self.faults = faults }

    package var description: String { faults.map(\.description).joined(separator: "\n") }

    /// For commands: the first faults in both languages, and how many there are.
    package var controlFault: ControlFault {
        let first = faults.prefix(8)
        let more = faults.count > first.count ? ("\n……共 \(faults.count) 处", "\n… \(faults.count) in all") : ("", "")
        return ControlFault(
            "data-file", zh: first.map { "\($0.place)：\($0.zh)（\($0.remedyZh)）" }.joined(separator: "\n") + more.0,
            en: first.map { "\($0.place): \($0.en) (\($0.remedyEn))" }.joined(separator: "\n") + more.1, hint: "改正后重试 / correct the file and try again", exit: .badInput)
    }
}

/// Catalogues, unit registries, legal profiles, calendars and divisions as files that people write, and back.
/// What is read has no faults; what is written reads back as the same value.
package enum DataFiles {
    /// Bytes of a file; the largest shipped one is under 100 KiB.
    package static let sizeLimit = 8 * 1024 * 1024

    /// The text of a file of at most ``sizeLimit`` bytes in UTF-8.
    package static func text(of file: String) throws(FileFaults) -> String {
        func fault(_ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String) -> FileFaults {
            FileFaults([DataFault(file, zh: zh, en: en, remedyZh: remedyZh, remedyEn: remedyEn)])
        }
        guard let data = FileManager.default.contents(atPath: file) else { throw fault("无法读取", "cannot be read", "检查路径和权限", "check path and permissions") }
        guard data.count <= sizeLimit else { throw fault("文件过大", "too large", "至多 8 MiB", "at most 8 MiB") }
        guard let text = String(data: data, encoding: .utf8) else { throw fault("不是 UTF-8 文字", "not UTF-8", "另存为 UTF-8", "save it as UTF-8") }
        return text
    }

    package static func catalogue(file: String) throws(FileFaults) -> Catalogue { try catalogue(yaml: try text(of: file), file: file) }
    package static func profile(file: String) throws(FileFaults) -> LegalProfile { try profile(yaml: try text(of: file), file: file) }
    package static func units(file: String) throws(FileFaults) -> UnitRegistry { try units(yaml: try text(of: file), file: file) }

    static func check<Value>(_ value: Value, _ sheet: YAMLSheet, _ problems: (Value) -> [DataFault]) throws(FileFaults) -> Value {
        guard sheet.faults.isEmpty else { throw FileFaults(sheet.faults) }
        let found = problems(value)
        guard found.isEmpty else { throw FileFaults(found.map { $0.inside(sheet.place(of: $0.place)) }) }
        return value
    }
}
