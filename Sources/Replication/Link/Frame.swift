import Registry

/// One frame of the conversation between child and parent. On the stream each is preceded by its
/// length (four bytes, big-endian).
package enum Frame: Sendable {
    package static let maximumBytes = 4 * 1024 * 1024
    /// Tips per frame, so that a frame stays small with 40,000 streets.
    package static let maximumTips = 4096

    case greeting(Greeting)
    case tips([LedgerTip], last: Bool)
    case changeSet(SealedChangeSet)
    case receipt(SignedReceipt)
    case held([LedgerTip])
    case verdicts([Verdict])
    case statement(SignedStatement)
    case ping(UInt64)
    case pong(UInt64)
    case farewell(reason: String, detail: String)
    /// The receiver takes nothing more of this ledger on this connection.
    case refusal(LedgerID, sequence: UInt64, rule: String, detail: String)
    /// Content of attachments, beside the change sets.
    case attachment(AttachmentFrame)
    /// Keys of persons on lists, from parent to child.
    case listKeys([WrappedListKey])
}

/// A list key as it crosses a link: encrypted to the child's TLS key.
package struct WrappedListKey: Sendable, Hashable {
    /// Most keys in one frame.
    package static let maximumKeys = 8

    package var epoch: UInt32
    package var wrapped: [UInt8]

    package init(epoch: UInt32, wrapped: [UInt8]) { (self.epoch, self.wrapped) = (epoch, wrapped) }

    /// What the wrapping is bound to.
    package static func context(_ child: NodePath, epoch: UInt32) -> [UInt8] {
        LengthPrefixed.join("creditnode list key v1", [Array(child.description.utf8), BigEndian.bytes(epoch)])
    }
}

package struct Greeting: Sendable, Hashable {
    package var protocolMin: UInt32
    package var protocolMax: UInt32
    package var replica: ReplicaID
    /// Over the sorted tips of all ledgers both may see.
    package var tipsDigest: Digest
    package var ledgers: UInt64
    package var rulesVersion: UInt32
    /// Milliseconds since 1970.
    package var time: UInt64
    package var software: String

    package init(protocolMin: UInt32, protocolMax: UInt32, replica: ReplicaID, tipsDigest: Digest, ledgers: UInt64, rulesVersion: UInt32, time: UInt64, software: String) {
        self.protocolMin = protocolMin
        self.protocolMax = protocolMax
        self.replica = replica
        self.tipsDigest = tipsDigest
        self.ledgers = ledgers
        self.rulesVersion = rulesVersion
        self.time = time
        self.software = software
    }
}

/// What a parent says of one change it did not simply accept.
package struct Verdict: Sendable, Hashable {
    package enum Outcome: UInt32, Sendable {
        case alreadyKnown = 1
        case waiting = 2
        case quarantined = 3
        case rejected = 4
    }

    package var change: Dot
    package var outcome: Outcome
    package var rule: String
    package var detail: String

    package init(change: Dot, outcome: Outcome, rule: String, detail: String) {
        self.change = change
        self.outcome = outcome
        self.rule = rule
        self.detail = detail
    }
}

/// A parent's signed statement that it holds these tips durably, and up to which tier they are durable.
package struct Receipt: Sendable, Hashable {
    package var issuer: ReplicaID
    package var child: NodePath
    package var tips: [LedgerTip]
    /// Highest tier at which the tips are durable. A child prunes only what is durable at the root.
    package var durableAt: NodePath
    /// Milliseconds since 1970.
    package var time: UInt64
    /// The issuer has a new incarnation and has not yet synced with its own parent.
    package var provisional: Bool

    package init(issuer: ReplicaID, child: NodePath, tips: [LedgerTip], durableAt: NodePath, time: UInt64, provisional: Bool) {
        self.issuer = issuer
        self.child = child
        self.tips = tips
        self.durableAt = durableAt
        self.time = time
        self.provisional = provisional
    }
}

/// Exact bytes with a signature over ``message``.
package struct SignedReceipt: Sendable, Hashable {
    package var content: [UInt8]
    package var key: Digest
    package var signature: [UInt8]

    package init(content: [UInt8], key: Digest, signature: [UInt8]) {
        self.content = content
        self.key = key
        self.signature = signature
    }

    package static func message(_ content: [UInt8]) -> [UInt8] { LengthPrefixed.join("creditnode receipt v1", [content]) }
}

/// A small replaceable signed object outside ledgers: the newest of one issuer, kind and subject counts.
package struct Statement: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// "This is still the newest edition of the list."
        case freshness(list: Dot, edition: UInt64, digest: Digest, tips: [LedgerTip])
        /// "These are my ledgers of this audience": silence shows as age, a withheld tail as a difference.
        case heartbeat(tips: [LedgerTip])
        /// "This is how I am, and how my children's lines stand." For the issuer's ancestors alone.
        case condition(NodeCondition)
    }

    package var issuer: ReplicaID
    /// Milliseconds since 1970.
    package var issuedAt: UInt64
    package var validUntil: UInt64
    package var audience: Audience
    package var kind: Kind

    package init(issuer: ReplicaID, issuedAt: UInt64, validUntil: UInt64, audience: Audience, kind: Kind) {
        self.issuer = issuer
        self.issuedAt = issuedAt
        self.validUntil = validUntil
        self.audience = audience
        self.kind = kind
    }

    /// What a newer statement replaces: issuer, kind and subject.
    package var slot: String {
        switch kind {
        case .freshness(let list, _, _, _): "freshness \(list)"
        case .heartbeat: "heartbeat \(issuer.path) \(audience)"
        case .condition: Statement.conditionSlot(issuer.path)
        }
    }

    /// One an issuer. Storage tells conditions by the slot's first word.
    package static func conditionSlot(_ issuer: NodePath) -> String { "condition \(issuer)" }
}

package struct SignedStatement: Sendable, Hashable {
    package var content: [UInt8]
    package var key: Digest
    package var signature: [UInt8]
    package var chain: [[UInt8]]

    package init(content: [UInt8], key: Digest, signature: [UInt8], chain: [[UInt8]]) {
        self.content = content
        self.key = key
        self.signature = signature
        self.chain = chain
    }

    package static func message(_ content: [UInt8]) -> [UInt8] { LengthPrefixed.join("creditnode statement v1", [content]) }
}
