import Foundation
import Registry
import SwiftProtobuf

extension Frame {
    /// Without the length prefix.
    package func serialized() throws -> [UInt8] {
        var wire = WireFrame()
        switch self {
        case .greeting(let greeting): wire.greeting = greeting.wire
        case .tips(let tips, let last):
            wire.tips.tips = tips.map(\.wire)
            wire.tips.last = last
        case .changeSet(let sealed): wire.changeSet = sealed.wire
        case .receipt(let receipt):
            wire.receipt.content = Data(receipt.content)
            wire.receipt.key = receipt.key.data
            wire.receipt.signature = Data(receipt.signature)
        case .held(let tips): wire.held.tips = tips.map(\.wire)
        case .verdicts(let verdicts): wire.verdicts.verdicts = verdicts.map(\.wire)
        case .statement(let statement): wire.statement = statement.wire
        case .ping(let nonce): wire.ping.nonce = nonce
        case .pong(let nonce): wire.pong.nonce = nonce
        case .farewell(let reason, let detail):
            wire.farewell.reason = reason.bounded(64)
            wire.farewell.detail = detail.bounded(1024)
        case .refusal(let ledger, let sequence, let rule, let detail):
            wire.refusal.ledger = ledger.wire
            wire.refusal.sequence = sequence
            wire.refusal.rule = rule.bounded(64)
            wire.refusal.detail = detail.bounded(512)
        case .attachment(let frame): frame.write(into: &wire)
        case .listKeys(let keys):
            wire.listKeys.keys = keys.map { key in
                var wire = WireWrappedListKey()
                wire.epoch = key.epoch
                wire.wrapped = Data(key.wrapped)
                return wire
            }
        }
        return try wire.serializedBytes()
    }

    /// - Returns: nil for a kind this version does not know: skipped, so that the protocol can grow.
    /// - Throws: ``CodingFault`` or ``ChangeSetFault`` for bytes that break a bound.
    package static func read(_ bytes: [UInt8]) throws -> Frame? {
        try refuseCrowds(bytes)
        let wire: WireFrame
        do { wire = try WireFrame(serializedBytes: bytes) } catch { throw CodingFault("not a frame: \(error)") }
        switch wire.kind {
        case .greeting(let greeting): return .greeting(try Greeting(greeting))
        case .tips(let list): return .tips(try LedgerTip.list(list.tips), last: list.last)
        case .changeSet(let set): return .changeSet(try SealedChangeSet(set))
        case .receipt(let receipt):
            return .receipt(
                SignedReceipt(
                    content: Array(receipt.content), key: try Digest(wire: receipt.key, "a key id"),
                    signature: Array(receipt.signature)))
        case .held(let list): return .held(try LedgerTip.list(list.tips))
        case .verdicts(let list):
            guard list.verdicts.count <= Header.maximumChanges else { throw CodingFault("\(list.verdicts.count) verdicts in one frame") }
            return .verdicts(try list.verdicts.map { try Verdict($0) })
        case .statement(let statement): return .statement(try SignedStatement(statement))
        case .ping(let ping): return .ping(ping.nonce)
        case .pong(let ping): return .pong(ping.nonce)
        case .farewell(let farewell): return .farewell(reason: farewell.reason.bounded(64), detail: farewell.detail.bounded(1024))
        case .refusal(let refusal):
            return .refusal(
                try LedgerID(refusal.ledger), sequence: refusal.sequence, rule: refusal.rule.bounded(64),
                detail: refusal.detail.bounded(512))
        case .attachmentAsk(let ask): return .attachment(try AttachmentFrame(ask))
        case .attachmentPiece(let piece): return .attachment(try AttachmentFrame(piece))
        case .attachmentAbsent(let absent): return .attachment(try AttachmentFrame(absent))
        case .attachmentsHeld(let held): return .attachment(try AttachmentFrame(held))
        case .listKeys(let list):
            guard list.keys.count <= WrappedListKey.maximumKeys, list.keys.allSatisfy({ $0.wrapped.count <= 512 && $0.epoch > 0 }) else {
                throw CodingFault("list keys out of bounds")
            }
            return .listKeys(list.keys.map { WrappedListKey(epoch: $0.epoch, wrapped: Array($0.wrapped)) })
        case nil: return nil
        }
    }
}

extension Frame {
    /// Lists are counted before they are decoded. Fields 2, 5, 6, 15 and 16 of a frame hold lists in their field 1; a
    /// change set (3) and a statement (7) hold certificates in fields 7 and 4, a change set orders of erasure in field 9.
    private static func refuseCrowds(_ bytes: [UInt8]) throws(CodingFault) {
        for (kind, list, bound) in [
            (2, 1, maximumTips), (5, 1, maximumTips), (6, 1, Header.maximumChanges), (3, 7, 64), (3, 9, Header.maximumChanges), (7, 4, 64), (15, 1, AttachmentFrame.maximumDigests),
            (16, 1, WrappedListKey.maximumKeys),
        ] {
            guard let content = WireScan.first(field: UInt64(kind), in: bytes[...]) else { continue }
            let count = WireScan.count(field: UInt64(list), in: content)
            guard count <= bound else { throw CodingFault("\(count) entries in one frame; at most \(bound)") }
        }
    }
}

extension LedgerTip {
    fileprivate static func list(_ wire: [WireTip]) throws(CodingFault) -> [LedgerTip] {
        guard wire.count <= Frame.maximumTips else { throw CodingFault("\(wire.count) tips in one frame") }
        var tips: [LedgerTip] = []
        tips.reserveCapacity(wire.count)
        for tip in wire { tips.append(try LedgerTip(tip)) }
        return tips
    }
}

extension Greeting {
    fileprivate var wire: WireGreeting {
        var wire = WireGreeting()
        wire.protocolMin = protocolMin
        wire.protocolMax = protocolMax
        wire.replica = replica.wire
        wire.tipsDigest = tipsDigest.data
        wire.ledgers = ledgers
        wire.rulesVersion = rulesVersion
        wire.time = time
        wire.software = software
        return wire
    }

    fileprivate init(_ wire: WireGreeting) throws(CodingFault) {
        self.init(
            protocolMin: wire.protocolMin, protocolMax: wire.protocolMax, replica: try ReplicaID(wire.replica),
            tipsDigest: try Digest(wire: wire.tipsDigest, "the digest of tips"), ledgers: wire.ledgers,
            rulesVersion: wire.rulesVersion, time: wire.time, software: String(wire.software.prefix(128)))
    }
}

extension Verdict {
    fileprivate var wire: WireVerdict {
        var wire = WireVerdict()
        wire.change = change.wire
        wire.outcome = outcome.rawValue
        wire.rule = rule.bounded(64)
        wire.detail = detail.bounded(512)
        return wire
    }

    fileprivate init(_ wire: WireVerdict) throws(CodingFault) {
        guard let outcome = Outcome(rawValue: wire.outcome) else { throw CodingFault("unknown verdict \(wire.outcome)") }
        self.init(change: try Dot(wire.change), outcome: outcome, rule: wire.rule.bounded(64), detail: wire.detail.bounded(512))
    }
}

extension Receipt {
    /// The content that is signed.
    package func serialized() throws -> [UInt8] {
        var wire = WireReceiptContent()
        wire.issuer = issuer.wire
        wire.child = child.description
        wire.tips = tips.map(\.wire)
        wire.durableAt = durableAt.description
        wire.time = time
        wire.provisional = provisional
        return try wire.serializedBytes()
    }

    package init(serialized bytes: [UInt8]) throws(CodingFault) {
        let wire: WireReceiptContent
        do { wire = try WireReceiptContent(serializedBytes: bytes) } catch { throw CodingFault("not a receipt: \(error)") }
        guard let child = NodePath(wire.child), let durableAt = NodePath(wire.durableAt) else { throw CodingFault("a receipt names node paths") }
        self.init(
            issuer: try ReplicaID(wire.issuer), child: child, tips: try LedgerTip.list(wire.tips), durableAt: durableAt,
            time: wire.time, provisional: wire.provisional)
    }
}

extension SignedStatement {
    package var wire: WireStatement {
        var wire = WireStatement()
        wire.content = Data(content)
        wire.key = key.data
        wire.signature = Data(signature)
        wire.chain = chain.map { Data($0) }
        return wire
    }

    package init(_ wire: WireStatement) throws(CodingFault) {
        guard wire.content.count <= 1 << 20, wire.signature.count <= 256, wire.chain.count <= 2 * NodePath.maximumDepth,
            wire.chain.allSatisfy({ $0.count <= 8192 })
        else { throw CodingFault("a statement out of bounds") }
        self.init(
            content: Array(wire.content), key: try Digest(wire: wire.key, "a key id"), signature: Array(wire.signature),
            chain: wire.chain.map { Array($0) })
    }

    package func serialized() throws -> [UInt8] { try wire.serializedBytes() }

    package init(serialized bytes: [UInt8]) throws {
        try self.init(WireStatement(serializedBytes: bytes))
    }
}

extension Statement {
    package func serialized() throws -> [UInt8] {
        var wire = WireStatementContent()
        wire.issuer = issuer.wire
        wire.issuedAt = issuedAt
        wire.validUntil = validUntil
        wire.audience = audience.wire
        switch kind {
        case .freshness(let list, let edition, let digest, let tips):
            wire.freshness.list = list.wire
            wire.freshness.edition = edition
            wire.freshness.digest = digest.data
            wire.freshness.tips = tips.map(\.wire)
        case .heartbeat(let tips): wire.heartbeat.tips = tips.map(\.wire)
        case .condition(let condition): wire.condition = condition.wire
        }
        return try wire.serializedBytes()
    }

    /// - Returns: nil for a kind this version does not know.
    package static func read(_ bytes: [UInt8]) throws(CodingFault) -> Statement? {
        try NodeCondition.checkSize(statement: bytes)
        let wire: WireStatementContent
        do { wire = try WireStatementContent(serializedBytes: bytes) } catch { throw CodingFault("not a statement: \(error)") }
        let kind: Kind
        switch wire.kind {
        case .freshness(let freshness):
            kind = .freshness(
                list: try Dot(freshness.list), edition: freshness.edition,
                digest: try Digest(wire: freshness.digest, "a list edition"), tips: try LedgerTip.list(freshness.tips))
        case .heartbeat(let heartbeat): kind = .heartbeat(tips: try LedgerTip.list(heartbeat.tips))
        case .condition(let condition):
            guard wire.issuedAt < 1 << 62 else { throw CodingFault("a condition issued at \(wire.issuedAt)") }
            kind = .condition(try NodeCondition(condition, issuer: try ReplicaID(wire.issuer).path))
        case nil: return nil
        }
        return Statement(
            issuer: try ReplicaID(wire.issuer), issuedAt: wire.issuedAt, validUntil: wire.validUntil,
            audience: try Audience(wire.audience), kind: kind)
    }
}
