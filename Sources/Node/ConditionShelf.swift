import Registry
import Replication
import Storage
import Synchronization

/// The newest condition of each node below, and our own, in memory: they come every few seconds from many nodes
/// and are worth no transaction each. What changed is saved together now and then; a crash in between costs only
/// what the children say again at their next contact.
package final class ConditionShelf: Sendable {
    /// Nodes below one child, and below all: what a peer can make us remember is bounded.
    package static let mostOfOneChild = 4_096
    package static let most = 65_536

    /// A condition as held.
    package struct Held: Sendable {
        package let issuer: NodePath
        /// Milliseconds since 1970, by the issuer's clock.
        package let issuedAt: UInt64
        /// By ours.
        package let receivedAt: UInt64
        package let condition: NodeCondition
        let statement: Statement
        let signed: SignedStatement
    }

    private struct Inner {
        var held: [NodePath: Held] = [:]
        var unsaved: Set<NodePath> = []
    }
    private let inner: Mutex<Inner>

    init(_ rows: [StatementRow]) {
        var first = Inner()
        for row in rows {
            guard let statement = try? Statement.read(row.signed.content), case .condition(let condition) = statement.kind else { continue }
            let issuer = statement.issuer.path
            first.held[issuer] = Held(
                issuer: issuer, issuedAt: statement.issuedAt, receivedAt: row.receivedAt, condition: condition, statement: statement, signed: row.signed)
        }
        inner = Mutex(first)
    }

    package subscript(_ issuer: NodePath) -> Held? { inner.withLock { $0.held[issuer] } }

    /// Ascending by path.
    package var all: [Held] { inner.withLock { $0.held.values.sorted { $0.issuer < $1.issuer } } }

    /// Whether another issuer below `child` may still be taken.
    func hasRoom(for issuer: NodePath, below child: NodePath) -> Bool {
        inner.withLock { inner in
            if inner.held[issuer] != nil { return true }
            guard inner.held.count < Self.most else { return false }
            return inner.held.keys.lazy.filter { child.isAncestorOrSelf(of: $0) }.count < Self.mostOfOneChild
        }
    }

    /// - Returns: false when one at least as new is held.
    func put(_ new: Held) -> Bool {
        inner.withLock { inner in
            if let old = inner.held[new.issuer], old.issuedAt >= new.issuedAt { return false }
            inner.held[new.issuer] = new
            inner.unsaved.insert(new.issuer)
            return true
        }
    }

    /// What was not saved yet; counts as saved from now on.
    func takeUnsaved() -> [Held] {
        inner.withLock { inner in
            defer { inner.unsaved = [] }
            return inner.unsaved.sorted().compactMap { inner.held[$0] }
        }
    }

    func putBack(_ held: [Held]) { inner.withLock { inner in for one in held { inner.unsaved.insert(one.issuer) } } }
}
