import Registry
import Yams

/// A YAML file while it is read: where things stand, and what is wrong so far. Scalars are taken as written, so that
/// no code becomes a number and no `no` a false.
final class YAMLSheet {
    let file: String
    private(set) var faults: [DataFault] = []
    /// Lines of what has a name, for faults found later by the value itself.
    private var lines: [String: Int] = [:]

    init(file: String) { self.file = file }

    /// The mapping a file consists of.
    static func read(_ text: String, file: String) throws(FileFaults) -> (YAMLSheet, YAMLTable) {
        func fault(_ zh: String, _ en: String) -> FileFaults {
            FileFaults([DataFault(file, zh: zh, en: en, remedyZh: "缩进用空格，冒号后留一个空格", remedyEn: "indent by spaces, one space after the colon")])
        }
        guard text.utf8.count <= DataFiles.sizeLimit else { throw fault("文件过大", "too large") }
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch { throw fault("YAML 格式有误：\(error)", "no valid YAML: \(error)") }
        guard let mapping = root?.mapping else { throw fault("应为键值表", "should be a table of keys and values") }
        let sheet = YAMLSheet(file: file)
        return (sheet, YAMLTable(mapping, place: "", line: 1, sheet))
    }

    func add(_ line: Int, _ place: String, zh: String, en: String, remedyZh: String, remedyEn: String) {
        // A file of faults is told as a page of them.
        guard faults.count < 200 else { return }
        faults.append(DataFault("\(file):\(line)\(place.isEmpty ? "" : " ")\(place)", zh: zh, en: en, remedyZh: remedyZh, remedyEn: remedyEn))
    }

    func remember(_ place: String, _ line: Int) { if lines[place] == nil { lines[place] = line } }

    /// File and line of a named place, or of the nearest named one around it.
    func place(of place: String) -> String {
        var parts = place.split(separator: "/")[...]
        while !parts.isEmpty {
            if let line = lines[parts.joined(separator: "/")] { return "\(file):\(line)" }
            parts = parts.dropLast()
        }
        return file
    }
}

/// One mapping of the file. Every accessor notes its key; ``end()`` reports the keys nobody asked for.
final class YAMLTable {
    private let values: [String: Node]
    private let order: [String]
    private var asked: Set<String> = []
    let place: String
    let line: Int
    let sheet: YAMLSheet

    init(_ mapping: Node.Mapping, place: String, line: Int, _ sheet: YAMLSheet) {
        var values: [String: Node] = [:]
        var order: [String] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                sheet.add(key.mark?.line ?? line, place, zh: "键应为文字", en: "a key that is no text", remedyZh: "改为文字", remedyEn: "make it text")
                continue
            }
            values[name] = value
            order.append(name)
        }
        (self.values, self.order) = (values, order)
        self.place = place
        self.line = line
        self.sheet = sheet
    }

    private func at(_ key: String) -> String { place.isEmpty ? key : "\(place)/\(key)" }
    private func line(_ key: String) -> Int { values[key]?.mark?.line ?? line }

    func fault(_ key: String, _ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String) {
        sheet.add(line(key), at(key), zh: zh, en: en, remedyZh: remedyZh, remedyEn: remedyEn)
    }

    /// nil when the key is absent or stands without a value.
    func optional(_ key: String) -> String? {
        asked.insert(key)
        guard let node = values[key] else { return nil }
        guard let scalar = node.scalar else { fault(key, "应为一个值", "should be one value", "去掉缩进的内容", "no list or table here"); return nil }
        return scalar.string.isEmpty || (scalar.style == .plain && (scalar.string == "~" || scalar.string == "null")) ? nil : scalar.string
    }

    private func isAbsent(_ key: String) -> Bool { values[key].map { $0.scalar?.string.isEmpty == true } ?? true }

    func text(_ key: String) -> String {
        if isAbsent(key) { fault(key, "缺少此项", "is missing", "补填 \(key)", "give \(key)") }
        return optional(key) ?? ""
    }

    /// A value that `read` understands; `hint` lists or describes what it does.
    func value<Value>(_ key: String, hint: String, _ read: (String) -> Value?) -> Value? {
        guard let text = optional(key) else { return nil }
        guard let value = read(text) else { fault(key, "取值有误：\(text.prefix(60))", "has no such value: \(text.prefix(60))", "应为 \(hint)", "should be \(hint)"); return nil }
        return value
    }

    /// As ``value(_:hint:_:)``, and a fault when it is absent.
    func needed<Value>(_ key: String, _ fallback: Value, hint: String, _ read: (String) -> Value?) -> Value {
        if isAbsent(key) { fault(key, "缺少此项", "is missing", "应为 \(hint)", "should be \(hint)") }
        return value(key, hint: hint, read) ?? fallback
    }

    func flag(_ key: String, default standard: Bool = false) -> Bool {
        value(key, hint: "true / false") { $0 == "true" ? true : $0 == "false" ? false : nil } ?? standard
    }

    func date(_ key: String) -> CivilDate? { value(key, hint: "2024-01-31") { CivilDate.parse($0) } }
    func term(_ key: String) -> Term? { value(key, hint: "7wd / 15d / 3m / 5y") { Term($0) } }

    /// A list of values; empty when absent.
    func list<Value>(_ key: String, hint: String = "[a, b]", _ read: (String) -> Value?) -> [Value] {
        asked.insert(key)
        guard let node = values[key] else { return [] }
        if let scalar = node.scalar, scalar.string.isEmpty { return [] }
        guard let sequence = node.sequence else { fault(key, "应为列表", "should be a list", "写成 \(hint)", "write \(hint)"); return [] }
        return sequence.compactMap { one in
            guard let text = one.scalar?.string, let value = read(text) else { fault(key, "列表中取值有误：\(one.scalar?.string.prefix(60) ?? "")", "no such value in the list: \(one.scalar?.string.prefix(60) ?? "")", "应为 \(hint)", "should be \(hint)"); return nil }
            return value
        }
    }

    func texts(_ key: String) -> [String] { list(key) { $0 } }

    func table(_ key: String) -> YAMLTable? {
        asked.insert(key)
        guard let node = values[key], node.scalar?.string.isEmpty != true else { return nil }
        guard let mapping = node.mapping else { fault(key, "应为键值表", "should be a table", "写成 {键: 值}", "write {key: value}"); return nil }
        return YAMLTable(mapping, place: at(key), line: node.mark?.line ?? line, sheet)
    }

    /// A list of tables. `name` gives each its place from its own keys, so that faults name `penalty/15` and no index.
    func tables(_ key: String, named name: (YAMLTable) -> String) -> [YAMLTable] {
        asked.insert(key)
        guard let node = values[key], node.scalar?.string.isEmpty != true else { return [] }
        guard let sequence = node.sequence else { fault(key, "应为列表", "should be a list", "每项以 - 开头", "begin each with -"); return [] }
        return sequence.compactMap { one in
            guard let mapping = one.mapping else { fault(key, "列表项应为键值表", "an entry that is no table", "每项写键和值", "write keys and values"); return nil }
            let line = one.mark?.line ?? self.line
            let bare = YAMLTable(mapping, place: place, line: line, sheet)
            let named = name(bare)
            let place = place.isEmpty ? named : "\(place)/\(named)"
            sheet.remember(place, line)
            return YAMLTable(mapping, place: place, line: line, sheet)
        }
    }

    /// Reads without noting or complaining: for names of places.
    func peek(_ key: String) -> String { values[key]?.scalar?.string ?? "?" }

    /// All pairs of text, in the order of the file.
    func pairs() -> [(key: String, value: String)] {
        order.compactMap { key in optional(key).map { (key, $0) } }
    }

    func end() {
        for key in order where !asked.contains(key) {
            fault(key, "未知的项", "is unknown", "删除，或核对拼写", "remove it, or check the spelling")
        }
    }
}
