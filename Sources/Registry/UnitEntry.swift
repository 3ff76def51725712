/// What a unit does in the federation. Raw values are stable.
package enum UnitRole: UInt32, Sendable, Hashable, CaseIterable, Comparable {
    /// 信息提供单位.
    case provider = 1
    /// 信用主管部门 of its tier: reviews, approves, suspends.
    case creditOffice = 2
    /// Decides objections and repairs on what it provided (异议处理和修复专员).
    case objections = 3
    /// Applies measures: looks up.
    case measureUser = 4
    /// Keeps the archive.
    case archive = 5
    /// 法人和其他组织统一社会信用代码库: says which codes are one organisation (rule M38).
    case baseRegister = 6

    package var name: String {
        switch self {
        case .provider: "provider"
        case .creditOffice: "credit-office"
        case .objections: "objections"
        case .measureUser: "measure-user"
        case .archive: "archive"
        case .baseRegister: "base-register"
        }
    }

    package static func < (a: UnitRole, b: UnitRole) -> Bool { a.rawValue < b.rawValue }
}

/// A government body on whose behalf people act. Units own records; nodes carry them.
package struct UnitEntry: Sendable, Hashable {
    package var code: CreditCode
    package var name: String
    package var kind: UnitKind
    /// Where it works: a code of ``Divisions``, or a local extension of the registry.
    package var division: String
    /// Nodes it works at; the first is its home, where its records have theirs. Never empty.
    package var nodes: [NodePath]
    /// Administrative tier: 1 city, 2 district, 3 street. Its home lies at that depth.
    package var tier: UInt32
    /// May issue lists (49号: only with a basis of law or central policy; streets propose).
    package var listingPower: Bool
    /// Ascending.
    package var roles: [UnitRole]
    /// First and last day; nil = open.
    package var validFrom: CivilDate?
    package var validTo: CivilDate?

    package init(code: CreditCode, name: String, kind: UnitKind, division: String, nodes: [NodePath], tier: UInt32, listingPower: Bool = false,
                 roles: [UnitRole], validFrom: CivilDate? = nil, validTo: CivilDate? = nil) {
        self.code = code
        self.name = name
        self.kind = kind
        self.division = division
        self.nodes = nodes
        self.tier = tier
        self.listingPower = listingPower
        self.roles = roles
        self.validFrom = validFrom
        self.validTo = validTo
    }

    /// nil only for an entry that ``UnitRegistry/problems()`` refuses.
    package var home: NodePath? { nodes.first }

    package func isValid(on date: CivilDate) -> Bool {
        (validFrom.map { $0 <= date } ?? true) && (validTo.map { date <= $0 } ?? true)
    }
}

/// How a unit ended. Raw values are stable.
package enum SuccessionKind: UInt32, Sendable, Hashable, CaseIterable {
    case rename = 1
    case merge = 2
    /// Several successors, each named by a succession of its own.
    case split = 3

    package var name: String {
        switch self {
        case .rename: "rename"
        case .merge: "merge"
        case .split: "split"
        }
    }
}

/// How far a replica had written, as far as the issuer knew when it signed a succession or a withdrawal: what lies beyond is not
/// covered any more. The replica is
/// text here, because this layer knows no replicas.
package struct CutOver: Sendable, Hashable {
    package var replica: String
    package var counter: UInt64

    /// As many as a federation of 40,000 nodes has.
    package static let maximumReplicas = 50_000

    package init(replica: String, counter: UInt64) { (self.replica, self.counter) = (replica, counter) }

    /// Ascending by replica, each named once, counters from 1.
    package static func isSound(_ cuts: [CutOver]) -> Bool {
        !zip(cuts, cuts.dropFirst()).contains { !$0.replica.utf8.lexicographicallyPrecedes($1.replica.utf8) } && !cuts.contains { $0.replica.isEmpty || $0.counter == 0 }
    }
}

/// One unit's duties passing to another (机构改革).
package struct Succession: Sendable, Hashable {
    package var from: CreditCode
    package var to: CreditCode
    package var kind: SuccessionKind
    /// Number of the instrument; never empty.
    package var document: String
    /// First day of the successor.
    package var on: CivilDate
    /// Ascending by replica; empty until the issuer signs.
    package var cutOver: [CutOver]

    package init(from: CreditCode, to: CreditCode, kind: SuccessionKind, document: String, on: CivilDate, cutOver: [CutOver] = []) {
        self.from = from
        self.to = to
        self.kind = kind
        self.document = document
        self.on = on
        self.cutOver = cutOver
    }
}

/// A national or provincial list shown here read-only.
package struct ListMirror: Sendable, Hashable {
    /// Code of the list here.
    package var list: String
    package var title: String
    /// Its own authority, in words: 国家税务总局.
    package var authority: String
    package var basis: LegalBasis
    /// The unit that brings it in.
    package var mirroredBy: CreditCode

    package init(list: String, title: String, authority: String, basis: LegalBasis, mirroredBy: CreditCode) {
        self.list = list
        self.title = title
        self.authority = authority
        self.basis = basis
        self.mirroredBy = mirroredBy
    }
}
