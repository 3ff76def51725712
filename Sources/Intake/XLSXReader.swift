/// One table of an .xlsx workbook as CSV in UTF-8, piece by piece: what a text file of it would hold. A row of the table
/// is a row of the CSV; each is padded to the widest of the first rows, because spreadsheets leave out empty cells at the right.
///
/// Unpacked and parsed as it is asked for. In memory: the shared texts (bounded), one row, one piece.
package final class XLSXReader {
    /// The name of the table.
    package let sheet: String
    private let part: ZipPart
    private let table: TablePart
    private let stream: XMLStream
    private var isPaused = false
    private var isAtEnd = false

    /// - Parameter sheet: name or number from 1; nil takes the first visible one.
    /// - Throws: ``SheetFault``
    package init(path: String, sheet wanted: String? = nil, limits: SheetLimits = SheetLimits()) throws(SheetFault) {
        let archive = try ZipArchive(path: path)
        func small(_ name: String, _ listener: any XMLListener) throws(SheetFault) -> Bool {
            guard let bytes = try archive.bytes(name, limit: limits.partBytes, ratio: limits.ratio) else { return false }
            try XMLStream.read(bytes, listener)
            return true
        }
        let root = Relations()
        _ = try small("_rels/.rels", root)
        let workbookPath = Relations.resolve(root.officeDocument ?? "xl/workbook.xml", from: "")
        let workbook = WorkbookPart(), relations = Relations(), styles = StylesPart()
        guard try small(workbookPath, workbook) else { throw .malformed("no workbook") }
        _ = try small(Relations.path(of: workbookPath), relations)
        let chosen = try XLSXReader.choose(wanted, workbook.sheets)
        guard let target = relations.targets[chosen.relation] else { throw .malformed("no part of sheet \(chosen.name)") }
        if let target = relations.styles { _ = try small(Relations.resolve(target, from: workbookPath), styles) }
        let shared = SharedStrings()
        if let target = relations.sharedStrings,
           let texts = try archive.part(Relations.resolve(target, from: workbookPath), limit: limits.partBytes, ratio: limits.ratio) {
            let stream = try XMLStream(shared)
            while true {
                let piece = try texts.read()
                _ = try stream.feed(piece, isLast: piece.isEmpty)
                if piece.isEmpty { break }
            }
        }
        guard let part = try archive.part(Relations.resolve(target, from: workbookPath), limit: limits.sheetBytes, ratio: limits.ratio) else {
            throw .malformed("no part of sheet \(chosen.name)")
        }
        self.part = part
        self.sheet = chosen.name
        table = TablePart(shared: shared, styles: styles, epoch: workbook.epoch, limits: limits)
        stream = try XMLStream(table)
        let stream = stream
        table.pause = { [unowned stream] in stream.pause() }
    }

    /// The next bytes of CSV, at most about 1 MiB; nil at the end.
    /// - Throws: ``SheetFault``
    package func next() throws(SheetFault) -> [UInt8]? {
        while true {
            if isPaused {
                isPaused = try stream.resume()
            } else if isAtEnd {
                return nil
            } else {
                let piece = try part.read()
                isAtEnd = piece.isEmpty
                isPaused = try stream.feed(piece, isLast: piece.isEmpty)
            }
            if let fault = table.fault { throw fault }
            let out = table.take()
            if !out.isEmpty { return out }
        }
    }

    private static func choose(_ wanted: String?, _ sheets: [WorkbookPart.Sheet]) throws(SheetFault) -> WorkbookPart.Sheet {
        let found: WorkbookPart.Sheet? =
            if let wanted {
                sheets.first { $0.name == wanted } ?? Int(wanted).flatMap { sheets.indices.contains($0 - 1) ? sheets[$0 - 1] : nil }
            } else {
                sheets.first(where: \.isVisible) ?? sheets.first
            }
        guard let found else { throw .noSheet(wanted ?? "", available: sheets.map(\.name)) }
        return found
    }
}
