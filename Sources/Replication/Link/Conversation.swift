import Registry

/// The conversation over one link as a value: events in, directives out, no I/O. Both ends run the same
/// machine; only the role differs (a parent answers with receipts, a child with plain acknowledgements).
///
/// Invariants:
/// - I-L1: nothing is offered for a ledger beyond the local tip, nor twice on one connection.
/// - I-L2: a ledger is offered only if both ends are in its audience.
/// - I-L3: at most ``Flight/allowance`` bytes of change sets are unacknowledged by the peer, and a load in progress.
/// - I-L4: relief ledgers are offered before ordinary ones at every choice.
package struct Conversation: Sendable {
    package enum Role: Sendable, Hashable {
        case child
        case parent
    }

    package enum Event: Sendable {
        /// The stream is open. `tips` are all local ledgers both ends may see.
        case opened(tips: [LedgerTip], digest: Digest, time: UInt64)
        case received(Frame)
        /// Bytes have arrived, a whole frame or not: on a slow line one frame takes minutes.
        case heard
        /// The peer's whole tip list was compared with the replica: where it disagrees at the same
        /// sequence there is a fork; `ahead` are ledgers the peer holds more of than we do.
        case compared(forks: [LedgerID])
        /// Local ledgers grew, by local work or from other links.
        case advanced([LedgerTip])
        /// What this link brought was committed; `verdicts` are the exceptions.
        case admitted([LedgerTip], verdicts: [Verdict])
        /// A change set was refused; the rest of its ledger is not taken on this connection.
        case refused(LedgerID, sequence: UInt64, fault: ChangeSetFault)
        /// The load that was asked for was written to the stream; `through` is the last sequence sent, `bytes` its size.
        case sent(LedgerID, through: UInt64, bytes: Int)
        /// Time passes; monotonic milliseconds.
        case tick(now: UInt64)
    }

    package enum Directive: Sendable {
        case send(Frame)
        /// Compare the peer's tips with the replica and answer with ``Event/compared(forks:)``.
        case compare([LedgerTip])
        /// Verify and store; answer with ``Event/admitted(_:verdicts:)``.
        case admit(SealedChangeSet)
        case store(SignedReceipt)
        case note([Verdict])
        /// The peer refuses a ledger from here on; it is not offered again on this connection.
        case noteRefusal(LedgerID, sequence: UInt64, rule: String, detail: String)
        case consider(SignedStatement)
        /// For ``AttachmentExchange``.
        case attachment(AttachmentFrame)
        /// Unwrap and keep list keys of the parent.
        case takeListKeys([WrappedListKey])
        /// Sign a receipt for these tips and send it.
        case receipt([LedgerTip])
        /// Same ledger and sequence, another digest, by the peer's word: a clone, a restored copy, or a lie.
        case forked(LedgerID)
        /// Send the peer our entry of its own ledger, where it says that it wrote another: only its own signature
        /// convinces it that it was restored or cloned. Once a ledger and connection.
        case prove(LedgerID, sequence: UInt64)
        /// Both sides know where the other stands.
        case synchronised
        case end(EndReason)
    }

    package enum EndReason: Error, Sendable, Hashable, CustomStringConvertible {
        case silent(milliseconds: UInt64)
        case incompatible(peerMin: UInt32, peerMax: UInt32)
        case wrongPeer(expected: NodePath, found: NodePath)
        case outOfPlace(String)
        case farewell(reason: String, detail: String)

        package var description: String {
            switch self {
            case .silent(let ms): "the peer was silent for \(ms / 1000) s"
            case .incompatible(let min, let max): "the peer speaks protocol \(min)…\(max), this node \(Conversation.protocolMin)…\(Conversation.protocolMax)"
            case .wrongPeer(let expected, let found): "expected \(expected), the peer says it is \(found)"
            case .outOfPlace(let what): "the peer sent \(what) out of place"
            case .farewell(let reason, let detail): "the peer said farewell: \(reason): \(detail)"
            }
        }
    }

    package static let protocolMin: UInt32 = 1
    /// From 2 on a peer reads bodies compressed as one zstd frame.
    package static let protocolMax: UInt32 = 2
    /// Most ledgers a peer may name; bounds memory.
    package static let maximumLedgers = 1 << 17

    private enum Phase: Sendable {
        case idle
        case greeting
        case tips
        case comparing
        case open
        case ended
    }

    private struct Progress: Sendable {
        var local: UInt64
        /// Highest sequence the peer holds or was sent.
        var offered: UInt64
        var queued = false
    }

    package let role: Role
    package let me: ReplicaID
    package let peer: NodePath
    package private(set) var peerReplica: ReplicaID?
    package private(set) var isOpen = false
    /// The greatest protocol that both ends speak; known once the link is open.
    package private(set) var version = Conversation.protocolMin

    private var phase = Phase.idle
    private var mine: [LedgerTip] = []
    private var mineDigest = Digest.zero
    private var theirs: [LedgerTip] = []
    private var theirsDone = false
    private var progress: [LedgerID: Progress] = [:]
    private var excluded: Set<LedgerID> = []
    private var reliefQueue: [LedgerID] = []
    private var ordinaryQueue: [LedgerID] = []
    /// What is sent and not acknowledged, and how much may be.
    package private(set) var flight = Flight()
    private var loading = false
    private var lastHeard: UInt64?
    private var lastSent: UInt64?
    private var now: UInt64 = 0
    private let software: String
    private let pingEvery: UInt64
    private let silenceLimit: UInt64

    /// - Parameters:
    ///   - pingEvery: milliseconds of own silence after which a ping goes out.
    ///   - silenceLimit: milliseconds of the peer's silence after which the link is dead.
    package init(role: Role, me: ReplicaID, peer: NodePath, software: String, pingEvery: UInt64 = 10_000, silenceLimit: UInt64 = 35_000) {
        self.role = role
        self.me = me
        self.peer = peer
        self.software = software
        self.pingEvery = pingEvery
        self.silenceLimit = silenceLimit
    }

    /// What the peer is known to hold or was sent, per ledger both may see.
    package var offered: [(ledger: LedgerID, sequence: UInt64)] { progress.map { ($0.key, $0.value.offered) }.sorted { $0.0 < $1.0 } }

    /// Whether a ledger crosses this link and either end holds some of it.
    package func knows(_ ledger: LedgerID) -> Bool { progress[ledger] != nil }

    /// Whether relief waits to be sent: nothing of less haste goes before it.
    package var reliefWaits: Bool { !reliefQueue.isEmpty }

    /// Change sets sent and not yet acknowledged, in bytes.
    package var inFlight: Int { flight.bytes }

    /// Time has come to `time`, monotonic milliseconds: what is sent and acknowledged next is measured by it.
    package mutating func passes(to time: UInt64) { now = max(now, time) }

    package mutating func handle(_ event: Event) -> [Directive] {
        switch event {
        case .opened(let tips, let digest, let time): return opened(tips, digest, time)
        case .received(let frame):
            lastHeard = now
            return received(frame)
        case .heard:
            lastHeard = now
            return []
        case .compared(let forks): return compared(forks)
        case .advanced(let tips):
            for tip in tips { grow(tip) }
            return []
        case .admitted(let tips, let verdicts): return admitted(tips, verdicts)
        case .refused(let ledger, let sequence, let fault):
            let refusal = Directive.send(.refusal(ledger, sequence: sequence, rule: fault.rule.rawValue, detail: fault.detail))
            return fault.rule == .fork && ledger.replica == peerReplica ? [refusal, .prove(ledger, sequence: sequence)] : [refusal]
        case .sent(let ledger, let through, let bytes): return sent(ledger, through, bytes)
        case .tick(let time): return tick(time)
        }
    }

    /// What to load and send next, if anything may be sent now: relief first, then ordinary, each in turn.
    /// The caller answers with ``Event/sent(_:through:bytes:)`` before it asks again.
    /// - Returns: `bytes` is how much to load, at least one change set.
    package mutating func nextLoad() -> (ledger: LedgerID, after: UInt64, bytes: Int)? {
        guard isOpen, !loading, flight.hasRoom else { return nil }
        while let ledger = reliefQueue.first ?? ordinaryQueue.first {
            if reliefQueue.isEmpty { ordinaryQueue.removeFirst() } else { reliefQueue.removeFirst() }
            progress[ledger]?.queued = false
            guard let state = progress[ledger], state.offered < state.local, !excluded.contains(ledger) else { continue }
            loading = true
            flight.begin(at: now)
            return (ledger, state.offered, flight.nextBytes)
        }
        return nil
    }

    // MARK: - Greeting

    private mutating func opened(_ tips: [LedgerTip], _ digest: Digest, _ time: UInt64) -> [Directive] {
        guard case .idle = phase else { return [] }
        phase = .greeting
        mine = tips
        mineDigest = digest
        let greeting = Greeting(
            protocolMin: Conversation.protocolMin, protocolMax: Conversation.protocolMax, replica: me, tipsDigest: digest,
            ledgers: UInt64(tips.count), rulesVersion: rulesVersion, time: time, software: software)
        return [.send(.greeting(greeting))]
    }

    private mutating func greeted(_ greeting: Greeting) -> [Directive] {
        guard case .greeting = phase else { return end(.outOfPlace("a second greeting")) }
        guard greeting.protocolMin <= Conversation.protocolMax, greeting.protocolMax >= Conversation.protocolMin else {
            return end(.incompatible(peerMin: greeting.protocolMin, peerMax: greeting.protocolMax))
        }
        guard greeting.replica.path == peer else { return end(.wrongPeer(expected: peer, found: greeting.replica.path)) }
        guard greeting.ledgers <= UInt64(Conversation.maximumLedgers) else { return end(.outOfPlace("\(greeting.ledgers) ledgers")) }
        peerReplica = greeting.replica
        version = min(greeting.protocolMax, Conversation.protocolMax)
        if greeting.tipsDigest == mineDigest, greeting.ledgers == UInt64(mine.count) {
            theirs = mine
            return open()
        }
        phase = .tips
        var frames: [Directive] = []
        var start = 0
        repeat {
            let end = min(start + Frame.maximumTips, mine.count)
            frames.append(.send(.tips(Array(mine[start..<end]), last: end == mine.count)))
            start = end
        } while start < mine.count
        return frames + (theirsDone ? compare() : [])
    }

    private mutating func tipped(_ tips: [LedgerTip], last: Bool) -> [Directive] {
        guard case .tips = phase, !theirsDone else { return end(.outOfPlace("tips")) }
        guard theirs.count + tips.count <= Conversation.maximumLedgers else { return end(.outOfPlace("too many tips")) }
        theirs += tips.filter { $0.ledger.crosses(from: me.path, to: peer) }
        theirsDone = last
        return last ? compare() : []
    }

    private mutating func compare() -> [Directive] {
        phase = .comparing
        return [.compare(theirs)]
    }

    private mutating func compared(_ forks: [LedgerID]) -> [Directive] {
        guard case .comparing = phase else { return [] }
        excluded.formUnion(forks)
        var directives: [Directive] = forks.map { .forked($0) }
        // Tips are the peer's bare word. Of its own ledger we show it our entry; of ours we ask to be shown.
        let forked = Set(forks)
        for tip in theirs where forked.contains(tip.ledger) {
            if tip.ledger.replica == peerReplica { directives.append(.prove(tip.ledger, sequence: tip.tip.sequence)) }
            if tip.ledger.replica == me { directives.append(.send(.refusal(tip.ledger, sequence: tip.tip.sequence, rule: ChangeSetFault.Rule.fork.rawValue, detail: "show the entry"))) }
        }
        return directives + open()
    }

    private mutating func open() -> [Directive] {
        phase = .open
        isOpen = true
        // What grew while the two were greeting is in `progress` already and must not be forgotten: nothing
        // would ask for it again before the next change.
        for tip in theirs { progress[tip.ledger] = Progress(local: progress[tip.ledger]?.local ?? 0, offered: tip.tip.sequence) }
        #if PLANTED_BUGS
            // What grew while the two were greeting is forgotten.
            if plantedBug == 5 {
                progress = [:]
                for tip in theirs { progress[tip.ledger] = Progress(local: 0, offered: tip.tip.sequence) }
            }
        #endif
        for tip in mine { grow(tip) }
        for ledger in progress.keys.sorted() { enqueue(ledger) }
        theirs = []
        mine = []
        return [.synchronised]
    }

    // MARK: - Exchange

    private mutating func received(_ frame: Frame) -> [Directive] {
        switch frame {
        case .greeting(let greeting): return greeted(greeting)
        case .tips(let tips, let last): return tipped(tips, last: last)
        case .ping(let nonce):
            lastSent = now
            return [.send(.pong(nonce))]
        case .pong: return []
        case .farewell(let reason, let detail): return end(.farewell(reason: reason, detail: detail))
        case .changeSet(let sealed): return isOpen ? [.admit(sealed)] : end(.outOfPlace("a change set"))
        case .receipt(let receipt):
            guard role == .child, isOpen else { return end(.outOfPlace("a receipt")) }
            return [.store(receipt)]
        case .held(let tips):
            guard isOpen else { return end(.outOfPlace("an acknowledgement")) }
            acknowledge(tips)
            return []
        case .verdicts(let verdicts):
            guard role == .child, isOpen else { return end(.outOfPlace("verdicts")) }
            return [.note(verdicts)]
        case .refusal(let ledger, let sequence, let rule, let detail):
            guard isOpen else { return end(.outOfPlace("a refusal")) }
            return refusedByPeer(ledger, sequence, rule, detail)
        case .listKeys(let keys):
            guard role == .child, isOpen else { return end(.outOfPlace("list keys")) }
            return [.takeListKeys(keys)]
        case .statement(let statement): return isOpen ? [.consider(statement)] : end(.outOfPlace("a statement"))
        case .attachment(let frame): return isOpen ? [.attachment(frame)] : end(.outOfPlace("an attachment"))
        }
    }

    /// A verified receipt or a plain acknowledgement frees the window.
    package mutating func acknowledge(_ tips: [LedgerTip]) {
        flight.acknowledge(Dictionary(tips.map { ($0.ledger, $0.tip.sequence) }, uniquingKeysWith: max), at: now)
    }

    private mutating func refusedByPeer(_ ledger: LedgerID, _ sequence: UInt64, _ rule: String, _ detail: String) -> [Directive] {
        let note = Directive.noteRefusal(ledger, sequence: sequence, rule: rule, detail: detail)
        // A peer may name ledgers without end: only those that cross this link are remembered.
        guard let known = progress[ledger] else { return [note] }
        let isNew = excluded.insert(ledger).inserted
        flight.forget(ledger)
        guard isNew, rule == ChangeSetFault.Rule.fork.rawValue, ledger.replica == peerReplica, (1...max(1, known.local)).contains(sequence) else { return [note] }
        return [note, .prove(ledger, sequence: sequence)]
    }

    private mutating func admitted(_ tips: [LedgerTip], _ verdicts: [Verdict]) -> [Directive] {
        for tip in tips {
            grow(tip)
            if var state = progress[tip.ledger], state.offered < tip.tip.sequence {
                state.offered = tip.tip.sequence
                progress[tip.ledger] = state
            }
        }
        var directives: [Directive] = []
        if role == .parent {
            if !tips.isEmpty { directives.append(.receipt(tips)) }
            if !verdicts.isEmpty { directives.append(.send(.verdicts(verdicts))) }
        } else if !tips.isEmpty {
            directives.append(.send(.held(tips)))
        }
        return directives
    }

    private mutating func sent(_ ledger: LedgerID, _ through: UInt64, _ bytes: Int) -> [Directive] {
        loading = false
        lastSent = now
        guard var state = progress[ledger] else { return [] }
        if through > state.offered {
            state.offered = through
            // Of a ledger refused meanwhile nothing is acknowledged: it must not fill the window for ever.
            if !excluded.contains(ledger) { flight.sent(ledger, through: through, bytes: bytes) }
        }
        progress[ledger] = state
        enqueue(ledger)
        return []
    }

    private mutating func grow(_ tip: LedgerTip) {
        guard tip.ledger.crosses(from: me.path, to: peer) else { return }
        var state = progress[tip.ledger] ?? Progress(local: 0, offered: 0)
        state.local = max(state.local, tip.tip.sequence)
        progress[tip.ledger] = state
        if isOpen { enqueue(tip.ledger) }
    }

    private mutating func enqueue(_ ledger: LedgerID) {
        guard var state = progress[ledger], !state.queued, state.offered < state.local, !excluded.contains(ledger) else { return }
        state.queued = true
        progress[ledger] = state
        switch ledger.lane {
        case .relief: reliefQueue.append(ledger)
        case .ordinary: ordinaryQueue.append(ledger)
        }
    }

    // MARK: - Time

    private mutating func tick(_ time: UInt64) -> [Directive] {
        now = max(now, time)
        if lastHeard == nil { lastHeard = now }
        if lastSent == nil { lastSent = now }
        if case .ended = phase { return [] }
        if let heard = lastHeard, now - heard >= silenceLimit { return end(.silent(milliseconds: now - heard)) }
        if let sent = lastSent, now - sent >= pingEvery {
            lastSent = now
            return [.send(.ping(now))]
        }
        return []
    }

    private mutating func end(_ reason: EndReason) -> [Directive] {
        phase = .ended
        isOpen = false
        return [.end(reason)]
    }
}
