/// The name and place of a node at once: `wuhan`, `wuhan/wuchang`, `wuhan/wuchang/jiyuqiao`.
///
/// A parent is a path prefix; the depth gives the tier. The grammar is strict ASCII because the
/// same text, labels reversed, stands as a host name in certificates (`creditnode://jiyuqiao.wuchang.wuhan/`),
/// where X.509 name constraints keep every CA below itself.
///
/// Invariants: 1…8 segments; a segment is 1…63 of `[a-z0-9-]`, beginning with a letter or digit and
/// not ending with `-`; the first segment is not digits alone; the whole is at most 200 bytes.
///
/// The first segment ends the host name. Were it digits alone, `10/0/0/1` would read as the address
/// `1.0.0.10`, and RFC 5280 section 4.2.1.10 has a verifier refuse an address under a URI name constraint.
package struct NodePath: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let description: String

    package static let maximumDepth = 8
    package static let maximumLength = 200

    /// - Returns: nil when `text` breaks the grammar.
    package init?(_ text: String) {
        guard NodePath.isValid(text) else { return nil }
        description = text
    }

    private init(unchecked text: String) { description = text }

    package var segments: [Substring] { description.split(separator: "/", omittingEmptySubsequences: false) }

    /// 1 for the root, 2 for its children, and so on.
    package var depth: Int { description.utf8.reduce(1) { $1 == UInt8(ascii: "/") ? $0 + 1 : $0 } }

    /// The last segment. Asked often; the path is not split for it.
    package var name: String {
        guard let slash = description.utf8.lastIndex(of: UInt8(ascii: "/")) else { return description }
        return String(description[description.utf8.index(after: slash)...])
    }

    /// nil at the root.
    package var parent: NodePath? {
        guard let slash = description.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return NodePath(unchecked: String(description[..<slash]))
    }

    package var root: NodePath {
        guard let slash = description.utf8.firstIndex(of: UInt8(ascii: "/")) else { return self }
        return NodePath(unchecked: String(description[..<slash]))
    }

    /// - Returns: nil when `segment` is no valid segment, or the result would be too deep or too long.
    package func child(_ segment: String) -> NodePath? {
        // A slash would slip past the grammar of the whole and name a grandchild.
        guard !segment.utf8.contains(UInt8(ascii: "/")) else { return nil }
        return NodePath(description + "/" + segment)
    }

    /// True for the node itself and every node above `other`.
    package func isAncestorOrSelf(of other: NodePath) -> Bool {
        let mine = description.utf8.span, theirs = other.description.utf8.span
        guard mine.count <= theirs.count else { return false }
        for index in 0..<mine.count where mine[index] != theirs[index] { return false }
        return theirs.count == mine.count || theirs[mine.count] == UInt8(ascii: "/")
    }

    package func isProperAncestor(of other: NodePath) -> Bool { self != other && isAncestorOrSelf(of: other) }

    /// True when one of the two is an ancestor of the other, or both are equal.
    package func isInLine(with other: NodePath) -> Bool { isAncestorOrSelf(of: other) || other.isAncestorOrSelf(of: self) }

    /// The lowest common ancestor; nil when the two do not share a root.
    package func commonAncestor(with other: NodePath) -> NodePath? {
        var prefix: [Substring] = []
        for (a, b) in zip(segments, other.segments) {
            guard a == b else { break }
            prefix.append(a)
        }
        return prefix.isEmpty ? nil : NodePath(unchecked: prefix.joined(separator: "/"))
    }

    /// The path as a host name, root last: `jiyuqiao.wuchang.wuhan`.
    package var hostName: String { segments.reversed().joined(separator: ".") }

    /// The only subject alternative name a certificate of this node may carry.
    package var certificateURI: String { "creditnode://\(hostName)/" }

    /// The inverse of ``certificateURI``; nil for anything else, user-info, ports and queries included.
    package init?(certificateURI uri: String) {
        let prefix = "creditnode://"
        guard uri.utf8.starts(with: prefix.utf8), uri.utf8.last == UInt8(ascii: "/") else { return nil }
        let host = uri.dropFirst(prefix.count).dropLast()
        let path = host.split(separator: ".", omittingEmptySubsequences: false).reversed().joined(separator: "/")
        guard let parsed = NodePath(path), parsed.certificateURI == uri else { return nil }
        self = parsed
    }

    /// Byte order, so that it is the same on every machine: the order of strings is that for ASCII, which the grammar is.
    package static func < (a: NodePath, b: NodePath) -> Bool { a.description < b.description }

    private static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard !bytes.isEmpty, bytes.count <= maximumLength else { return false }
        var depth = 1, length = 0
        var rootHasLetter = false
        var last = UInt8(ascii: "-")
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                length += 1
                if depth == 1, byte >= UInt8(ascii: "a") { rootHasLetter = true }
            case UInt8(ascii: "-"):
                if length == 0 { return false }
                length += 1
            case UInt8(ascii: "/"):
                if length == 0 || last == UInt8(ascii: "-") { return false }
                depth += 1
                length = 0
            default:
                return false
            }
            if length > 63 { return false }
            last = byte
        }
        return rootHasLetter && length > 0 && last != UInt8(ascii: "-") && depth <= maximumDepth
    }
}
