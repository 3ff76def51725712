import Registry
import Synchronization

/// What the first row of a file says about its columns.
package struct HeaderMap: Sendable, Hashable {
    /// One per cell of every row.
    package let columns: [ColumnTarget]
    /// Row 0; an error among them means that no row of the file is read.
    package let problems: [RowProblem]

    package var isFatal: Bool { problems.contains { $0.severity == .error } }

    /// Headings are field codes in any case, Chinese names or other names of the catalogue, in any order; brackets
    /// of every form are alike, spaces and `*` do not count, and a bracketed remark at the end (`（必填）`) may be missing or extra.
    ///
    /// Unknown columns are noted and ignored. Two columns for a field, and absent columns of required fields, are
    /// errors. Conditional fields are asked for row by row.
    ///
    /// - Parameter supplied: numbers of fields that get a value for all rows: their columns may be absent.
    package static func resolve(_ headings: [String], item: CatalogueItem, supplied: [UInt32] = []) -> HeaderMap {
        let names = HeadingNames.of(item)
        var columns: [ColumnTarget] = [], problems: [RowProblem] = []
        var taken = Array(repeating: "", count: item.fields.count)
        var found = 0
        for heading in headings {
            guard let slot = names.slot(heading) else {
                columns.append(.ignored)
                // Spreadsheets leave empty columns at the right, and a file of problems has columns of its own.
                if !ProblemFile.isOwn(heading), !Normalisation.line(heading).isEmpty { problems.append(RowProblem(row: 0, line: 1, column: heading, rule: .headerUnknown)) }
                continue
            }
            found += 1
            let rule = item.fields[slot]
            if taken[slot].isEmpty {
                taken[slot] = heading
                columns.append(.field(rule.number))
            } else {
                columns.append(.ignored)
                // What is dropped anyway may stand twice (XK_FR_ZJHM and its variant XK_FR_SFZH).
                if rule.handling != .doNotCollect {
                    problems.append(RowProblem(row: 0, line: 1, column: rule.code, rule: .headerDuplicate, value: heading,
                                               detail: (rule.name, rule.code)))
                }
            }
        }
        guard found > 0 else {
            return HeaderMap(columns: columns, problems: [RowProblem(row: 0, line: 1, column: "", rule: .headerNone, value: headings.joined(separator: ","))])
        }
        for (slot, rule) in item.fields.enumerated() where taken[slot].isEmpty && rule.requirement == .required && !supplied.contains(rule.number) {
            problems.append(RowProblem(row: 0, line: 1, column: rule.code, rule: .headerMissing, detail: (rule.name, rule.code)))
        }
        return HeaderMap(columns: columns, problems: problems)
    }
}

/// Every heading an item answers to. Exact names first; a remark is cut off only when nothing fits whole,
/// because `行政相对人代码_1(…)` and `罚款金额（万元）` carry brackets of their own.
struct HeadingNames: Sendable {
    private var whole: [String: Int] = [:]
    private var cut: [String: Int] = [:]
    /// Codes and names as the catalogue writes them, which most files do as well: found without normalising.
    private var exact: [String: Int] = [:]

    init(_ item: CatalogueItem) {
        for (slot, rule) in item.fields.enumerated() {
            for name in [rule.code, rule.name] + rule.aliases {
                let key = HeadingNames.key(name)
                if whole[key] == nil { whole[key] = slot }
                let short = HeadingNames.withoutRemark(key)
                if cut[short] == nil { cut[short] = slot }
            }
        }
        for rule in item.fields {
            for name in [rule.code, rule.name] { exact[name] = resolve(name) }
        }
    }

    private static let made = Mutex<[(item: CatalogueItem, names: HeadingNames)]>([])

    /// Made once for an item: a clerk who enters single rows sends a heading with each.
    static func of(_ item: CatalogueItem) -> HeadingNames {
        made.withLock { made in
            if let found = made.first(where: { $0.item == item }) { return found.names }
            let names = HeadingNames(item)
            if made.count == 16 { made.removeFirst() }
            made.append((item, names))
            return names
        }
    }

    /// Index in ``CatalogueItem/fields``.
    func slot(_ heading: String) -> Int? { exact[heading] ?? resolve(heading) }

    private func resolve(_ heading: String) -> Int? {
        let key = HeadingNames.key(heading)
        guard !key.isEmpty else { return nil }
        return whole[key] ?? whole[HeadingNames.withoutRemark(key)] ?? cut[HeadingNames.withoutRemark(key)]
    }

    static func key(_ name: String) -> String {
        let key = Normalisation.documentNumber(Normalisation.code(name)), star = UInt8(ascii: "*")
        return key.utf8.contains(star) ? String(decoding: key.utf8.filter { $0 != star }, as: UTF8.self) : key
    }

    static func withoutRemark(_ key: String) -> String {
        guard key.hasSuffix("〕"), let open = key.firstIndex(of: "〔"), open > key.startIndex else { return key }
        return String(key[..<open])
    }
}
