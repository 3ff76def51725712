/// The small parts of an .xlsx workbook (ECMA-376 part 1, 18.2, 18.8, 18.4) as listeners.

/// `_rels/*.rels`: targets by id and by type.
final class Relations: XMLListener {
    private(set) var targets: [String: String] = [:]
    private(set) var officeDocument: String?
    private(set) var styles: String?
    private(set) var sharedStrings: String?

    func begin(_ name: String, _ attribute: (String) -> String?) {
        guard name == "Relationship", let target = attribute("Target") else { return }
        if let id = attribute("Id"), targets.count < 4096 { targets[id] = target }
        let type = attribute("Type") ?? ""
        if type.hasSuffix("/officeDocument") { officeDocument = target }
        if type.hasSuffix("/styles") { styles = target }
        if type.hasSuffix("/sharedStrings") { sharedStrings = target }
    }
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
    func end(_ name: String) {}

    /// `target`, seen from the folder of `part`, as a name within the archive.
    static func resolve(_ target: String, from part: String) -> String {
        if target.hasPrefix("/") { return String(target.dropFirst()) }
        var folders = part.split(separator: "/").dropLast().map(String.init)
        for step in target.split(separator: "/") {
            if step == ".." { _ = folders.popLast() } else if step != "." { folders.append(String(step)) }
        }
        return folders.joined(separator: "/")
    }

    /// Where the relations of a part stand: `xl/workbook.xml` → `xl/_rels/workbook.xml.rels`.
    static func path(of part: String) -> String {
        let steps = part.split(separator: "/").map(String.init)
        return (steps.dropLast() + ["_rels", (steps.last ?? "") + ".rels"]).joined(separator: "/")
    }
}

/// `workbook.xml`: the sheets in order, and the epoch.
final class WorkbookPart: XMLListener {
    struct Sheet {
        let name: String
        let relation: String
        let isVisible: Bool
    }
    private(set) var sheets: [Sheet] = []
    private(set) var epoch = SheetText.Epoch.from1900

    func begin(_ name: String, _ attribute: (String) -> String?) {
        if name == "workbookPr", let value = attribute("date1904"), value == "1" || value == "true" { epoch = .from1904 }
        if name == "sheet", sheets.count < 4096 {
            sheets.append(Sheet(name: attribute("name") ?? "", relation: attribute("id") ?? "", isVisible: (attribute("state") ?? "visible") == "visible"))
        }
    }
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
    func end(_ name: String) {}
}

/// `styles.xml`: which cell formats show days.
final class StylesPart: XMLListener {
    private var codes: [Int: String] = [:]
    private var inCellFormats = false
    private(set) var isDate: [Bool] = []

    func begin(_ name: String, _ attribute: (String) -> String?) {
        if name == "numFmt", let id = attribute("numFmtId").flatMap(Int.init), codes.count < 65_536 { codes[id] = attribute("formatCode") ?? "" }
        if name == "cellXfs" { inCellFormats = true }
        if name == "xf", inCellFormats, isDate.count < 65_536 {
            let id = attribute("numFmtId").flatMap(Int.init) ?? 0
            isDate.append(SheetText.isDate(format: id, code: codes[id]))
        }
    }
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
    func end(_ name: String) { if name == "cellXfs" { inCellFormats = false } }
}

/// `sharedStrings.xml`: texts that cells refer to, in one buffer. Phonetic guides are no part of a text.
final class SharedStrings: XMLListener {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var inText = false
    private var inGuide = false

    var count: Int { ends.count }

    func text(at index: Int) -> ArraySlice<UInt8>? {
        guard ends.indices.contains(index) else { return nil }
        return bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    func begin(_ name: String, _ attribute: (String) -> String?) {
        switch name {
        case "t": inText = true
        case "rPh": inGuide = true
        default: return
        }
    }
    func text(_ piece: UnsafeBufferPointer<UInt8>) { if inText, !inGuide { unsafe bytes.append(contentsOf: piece) } }
    func end(_ name: String) {
        switch name {
        case "t": inText = false
        case "rPh": inGuide = false
        case "si": ends.append(bytes.count)
        default: return
        }
    }
}
