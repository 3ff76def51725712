import Foundation

/// The package's files as text, found from where this file stands.
struct Tree {
    let root: URL

    init(root: URL) { self.root = root }

    /// The package this test belongs to: `Tests/TidyTests/Tree.swift` is three steps below it.
    static let package = Tree(root: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent())

    /// Paths below `directory`, relative to the root, ascending; hidden files are left out.
    func files(under directory: String, suffix: String = "") -> [String] {
        let base = root.appendingPathComponent(directory)
        guard let walk = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles]) else { return [] }
        let prefix = root.standardizedFileURL.path + "/"
        var found: [String] = []
        for case let url as URL in walk where url.lastPathComponent.hasSuffix(suffix) {
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory), !isDirectory.boolValue else { continue }
            let path = url.standardizedFileURL.path
            if path.hasPrefix(prefix) { found.append(String(path.dropFirst(prefix.count))) }
        }
        return found.sorted()
    }

    /// Names of the directories directly below `directory`, ascending.
    func directories(in directory: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(directory).path)) ?? []
        return names.filter { name in
            var isDirectory: ObjCBool = false
            return FileManager.default.fileExists(atPath: root.appendingPathComponent("\(directory)/\(name)").path, isDirectory: &isDirectory) && isDirectory.boolValue
        }.sorted()
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path) }

    /// Empty for a file that is missing or no UTF-8.
    func text(_ path: String) -> String {
        (try? Data(contentsOf: root.appendingPathComponent(path))).flatMap { String(data: $0, encoding: .utf8) } ?? ""
    }

    /// Without line ends; a final line end begins no further line.
    func lines(_ path: String) -> [Substring] {
        var lines = text(path).split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}

extension Substring {
    var trimmed: Substring {
        var rest = self
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }
}

extension StringProtocol {
    /// What stands behind each occurrence of `mark`, up to the end.
    func tails(after mark: String) -> [Substring] {
        var found: [Substring] = []
        var rest = Substring(self)
        while let range = rest.range(of: mark) {
            rest = rest[range.upperBound...]
            found.append(rest)
        }
        return found
    }
}
