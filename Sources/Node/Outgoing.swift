import Registry
import Replication
import Sealing
import Storage

/// A change on its way into a ledger of this node: its bytes, and what projecting it needs.
struct Outgoing: Sendable {
    enum Content: Sendable {
        /// A new record whose fields carry their evidence (``ValidRecord/passed(_:)``); the rest is judged with its frame.
        case row(subject: String, naturalKey: [UInt8])
        case change(Change)
    }

    let body: [UInt8]
    let content: Content

    init(body: [UInt8], content: Content) { (self.body, self.content) = (body, content) }

    init(_ change: Change) throws { self.init(body: try change.serialized(), content: .change(change)) }

    func change() throws -> Change {
        switch content {
        case .row: try Change(serialized: body)
        case .change(let change): change
        }
    }
}

/// Changes that fit one change set, with salts, digests and packed bodies.
struct PreparedSet: Sendable {
    let range: Range<Int>
    let bodies: SealableBodies
}

extension Node {
    /// Cuts changes into sets and does all of sealing that hangs on their bytes alone; needs no transaction.
    func prepareSets(_ outgoing: [Outgoing]) throws -> [PreparedSet] {
        var sets: [PreparedSet] = []
        var start = 0
        while start < outgoing.count {
            var bodies: [[UInt8]] = []
            var bytes = 0
            while start + bodies.count < outgoing.count, bodies.count < Header.maximumChanges {
                let body = outgoing[start + bodies.count].body
                if !bodies.isEmpty, bytes + body.count > Self.setBytes { break }
                bytes += body.count + 8
                bodies.append(body)
            }
            let range = start..<start + bodies.count
            sets.append(PreparedSet(range: range, bodies: try SealableBodies(bodies, suite: identity.suite, seed: try environment.random(16))))
            start = range.upperBound
        }
        return sets
    }
}

extension Projector {
    /// Projects a set of our own. What ``Outgoing/Content/row(subject:naturalKey:)`` says is taken as it stands when
    /// `frame` was judged and accepted for this ledger; everything else is judged whole.
    /// - Returns: the changes that were not simply accepted.
    func apply(_ header: Header, _ outgoing: ArraySlice<Outgoing>, under frame: RecordFrame?) throws -> [(dot: Dot, judgement: Judgement)] {
        guard let frame else { return try apply(header, bodies: SealedBodies(outgoing.map(\.body)), decoded: try outgoing.map { try $0.change() }) }
        var exceptions: [(dot: Dot, judgement: Judgement)] = []
        for (index, one) in outgoing.enumerated() {
            let dot = header.dot(at: index)
            switch one.content {
            case .row(let subject, let key):
                try tx.put(RecordRow(
                    id: dot, item: frame.item, home: dot.replica.path, validity: frame.validity, subject: subject, naturalKey: key, state: dot))
                if try tx.anythingWaits() { try judgeAgain(waitingFor: .change(dot)) }
                try stands(dot, key, frame.validity)
            case .change(let change):
                let judgement = try settle(change, dot: dot, ledger: header.ledger, body: one.body)
                if judgement != .accepted { exceptions.append((dot, judgement)) }
            }
        }
        try tx.flushCounts()
        return exceptions
    }
}
