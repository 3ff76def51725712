/// Which contents of attachments to ask the peer for, when, and which of its asks to answer, as a value:
/// events in, directives out, no I/O, no clock. Both ends of a link run the same machine.
///
/// Who asks decides how much is on its way: one ask is answered by one piece. So a change set never waits behind
/// more than what this end has asked for, on however slow a line.
///
/// Invariants:
/// - I-A1: at most ``maximumOutstanding`` pieces are asked for and not stored, each of another content; of what a peer sends
///   nothing else is taken.
/// - I-A2: content is stored without gaps, from where it broke off, and never beyond the size its change names.
/// - I-A3: content that proves wrong is asked for ``maximumTries`` times on one connection, then no more.
/// - I-A4: memory is bounded: asks of the peer, contents under way, and what is remembered of absent ones.
package struct AttachmentExchange: Sendable {
    /// Content that a change held here describes and that is not held whole.
    package struct Want: Sendable, Hashable {
        /// Ascends; where to continue looking.
        package let id: Int64
        package let digest: Digest
        package let size: UInt64
        /// Bytes held from the beginning.
        package let held: UInt64

        package init(id: Int64, digest: Digest, size: UInt64, held: UInt64) {
            (self.id, self.digest, self.size, self.held) = (id, digest, size, held)
        }
    }

    /// What became of a piece that was to be stored.
    package enum PieceFate: Sendable, Hashable {
        /// Bytes now held from the beginning.
        case kept(held: UInt64)
        /// Held whole; the digest fits.
        case whole
        /// Whole, and not what the change describes: thrown away.
        case wrong
        /// No longer wanted: whole by another link, or erased.
        case unwanted
        /// Could not be stored.
        case refused(String)
    }

    package enum Event: Sendable {
        /// The conversation is open.
        case opened
        /// The answer to ``Directive/look(after:)``; `last`: there is nothing more.
        case wants([Want], last: Bool)
        /// More may be wanted than when last looked.
        case news
        case received(AttachmentFrame)
        case stored(Digest, PieceFate)
        /// Whole at this node, from whichever side.
        case completed(Digest)
        /// What ``nextAsk()`` was answered with.
        case answered(AttachmentFrame)
        case tick
    }

    package enum Trouble: Sendable, Hashable {
        case absent(reason: String)
        case lied(String)
        case wrong(tries: Int)
        case unanswered
        case refused(String)
    }

    package enum Directive: Sendable, Hashable {
        case send(AttachmentFrame)
        /// Find up to ``pageSize`` wants of this peer with greater ids; answer with ``Event/wants(_:last:)``.
        case look(after: Int64)
        /// Store; answer with ``Event/stored(_:_:)``.
        case store(AttachmentPiece)
        case note(Digest, Trouble)
    }

    package static let maximumOutstanding = 2
    package static let maximumTries = 3
    package static let maximumAsks = 8
    package static let pageSize = 128
    /// Bytes of change sets after which one piece may go out before the next, so that a long import starves no scan.
    package static let fairShare = 4 * 1024 * 1024
    private static let refillBelow = 8
    private static let maximumRests = 4096
    private static let maximumNotYet = 1024
    private static let smallestPiece = 16 * 1024
    /// Milliseconds after which an absent content is asked for again, and the replica is looked at again.
    package static let restFor: UInt64 = 60_000
    /// Milliseconds after which an ask counts as lost.
    package static let patience: UInt64 = 120_000

    private enum Stage: Sendable {
        case ready
        case asked(offset: UInt64, length: Int, at: UInt64)
        case storing
    }

    private struct Fetch: Sendable {
        let size: UInt64
        var position: UInt64
        var stage = Stage.ready

        var isBusy: Bool { if case .ready = stage { false } else { true } }
    }

    private struct Rest: Sendable {
        /// `.max`: not on this connection.
        var until: UInt64
        var tries: Int
    }

    private enum Look: Sendable {
        case due
        case underWay
        case done
    }

    private var isOpen = false
    private var fetches: [Digest: Fetch] = [:]
    /// Keys of `fetches`, oldest first.
    private var order: [Digest] = []
    private var rests: [Digest: Rest] = [:]
    private var look = Look.due
    private var lookAgain = false
    private var lastLook: UInt64 = 0
    private var cursor: Int64 = 0
    private var length = 64 * 1024
    private var asks: [AttachmentAsk] = []
    private var notYet: [Digest] = []
    private var passed = 0

    package init() {}

    /// Whether the peer waits for a piece.
    package var owes: Bool { isOpen && !asks.isEmpty }
    /// Whether a tick would have work to do.
    package func wantsTick(at now: UInt64) -> Bool {
        if case .due = look { return isOpen }
        return isOpen && (!order.isEmpty || now >= lastLook + Self.restFor)
    }
    /// Pieces asked for and not stored yet.
    package var outstanding: Int { fetches.values.count { $0.isBusy } }

    /// Change sets went out while the peer waited for a piece, or none was asked for.
    package mutating func yielded(to bytes: Int) { passed += bytes }

    /// Whether change sets have had their share, so that a piece may go before the next of them. Never before relief:
    /// the caller asks the conversation.
    package var isDue: Bool { owes && passed >= Self.fairShare }

    /// The peer's next ask. The caller answers the peer, and says so by ``Event/answered(_:)``.
    package mutating func nextAsk() -> AttachmentAsk? {
        guard owes else { return nil }
        passed = 0
        return asks.removeFirst()
    }

    /// - Parameter now: monotonic milliseconds.
    package mutating func handle(_ event: Event, now: UInt64) -> [Directive] {
        switch event {
        case .opened:
            isOpen = true
            lastLook = now
            return pump(now)
        case .wants(let wants, let last): return found(wants, last, now)
        case .news:
            seek()
            return pump(now)
        case .received(let frame): return isOpen ? received(frame, now) : []
        case .stored(let digest, let fate): return stored(digest, fate, now)
        case .completed(let digest): return completed(digest, now)
        case .answered(let frame):
            if case .absent(let digest, AbsentReason.notYet) = frame, !notYet.contains(digest) {
                if notYet.count == Self.maximumNotYet { notYet.removeFirst() }
                notYet.append(digest)
            }
            return []
        case .tick: return tick(now)
        }
    }

    // MARK: - Asking

    private mutating func pump(_ now: UInt64) -> [Directive] {
        guard isOpen else { return [] }
        var directives: [Directive] = []
        var busy = outstanding
        for digest in order where busy < Self.maximumOutstanding {
            guard var fetch = fetches[digest], !fetch.isBusy else { continue }
            let most = Int(min(UInt64(length), fetch.size - fetch.position))
            fetch.stage = .asked(offset: fetch.position, length: most, at: now)
            directives.append(.send(.ask(AttachmentAsk(digest: digest, offset: fetch.position, length: most))))
            fetches[digest] = fetch
            busy += 1
        }
        if case .due = look, fetches.count < Self.refillBelow {
            look = .underWay
            directives.append(.look(after: cursor))
        }
        return directives
    }

    /// Looks from the beginning when next there is room.
    private mutating func seek() {
        switch look {
        case .due, .done: (look, cursor) = (.due, 0)
        case .underWay: lookAgain = true
        }
    }

    private mutating func found(_ wants: [Want], _ last: Bool, _ now: UInt64) -> [Directive] {
        guard case .underWay = look else { return [] }
        for want in wants.prefix(Self.pageSize) {
            cursor = max(cursor, want.id)
            guard want.held < want.size, fetches[want.digest] == nil, (rests[want.digest]?.until ?? 0) <= now else { continue }
            fetches[want.digest] = Fetch(size: want.size, position: want.held)
            order.append(want.digest)
        }
        look = last ? .done : .due
        if lookAgain {
            lookAgain = false
            seek()
        }
        return pump(now)
    }

    private mutating func drop(_ digest: Digest) {
        fetches[digest] = nil
        order.removeAll { $0 == digest }
    }

    private mutating func rest(_ digest: Digest, until: UInt64) {
        let tries = rests[digest]?.tries ?? 0
        drop(digest)
        if rests.count >= Self.maximumRests { rests = rests.filter { $0.value.until == .max } }
        if rests.count >= Self.maximumRests { rests = [:] }
        rests[digest] = Rest(until: until, tries: tries)
    }

    // MARK: - Receiving

    private mutating func received(_ frame: AttachmentFrame, _ now: UInt64) -> [Directive] {
        switch frame {
        case .ask(let ask):
            if let index = asks.firstIndex(where: { $0.digest == ask.digest }) {
                asks[index] = ask
            } else if asks.count < Self.maximumAsks {
                asks.append(ask)
            }
            return []
        case .piece(let piece): return received(piece, now)
        case .absent(let digest, let reason):
            guard case .asked? = fetches[digest]?.stage else { return [] }
            rest(digest, until: now + Self.restFor)
            return [.note(digest, .absent(reason: reason))] + pump(now)
        case .held(let digests):
            for digest in digests.prefix(AttachmentFrame.maximumDigests) where rests[digest].map({ $0.until != .max }) ?? false {
                rests[digest]?.until = 0
            }
            seek()
            return pump(now)
        }
    }

    /// A piece counts only as the answer to the ask that is open for its content.
    private mutating func received(_ piece: AttachmentPiece, _ now: UInt64) -> [Directive] {
        guard var fetch = fetches[piece.digest], case .asked(let offset, let length, let at) = fetch.stage, piece.offset == offset else { return [] }
        guard piece.total == fetch.size, (1...length).contains(piece.content.count) else {
            rest(piece.digest, until: .max)
            return [.note(piece.digest, .lied("\(piece.content.count) of \(piece.total) bytes, asked \(length) of \(fetch.size)"))] + pump(now)
        }
        adapt(took: now - min(at, now), full: length == self.length)
        fetch.stage = .storing
        fetches[piece.digest] = fetch
        return [.store(piece)]
    }

    /// Pieces grow while they come quickly and shrink while they come slowly, so that what is asked for keeps a
    /// line busy for about a second at most.
    private mutating func adapt(took: UInt64, full: Bool) {
        if took > 1000 {
            length = max(length / 2, Self.smallestPiece)
        } else if took < 250, full {
            length = min(length * 2, AttachmentFrame.maximumPiece)
        }
    }

    private mutating func stored(_ digest: Digest, _ fate: PieceFate, _ now: UInt64) -> [Directive] {
        guard var fetch = fetches[digest], case .storing = fetch.stage else { return [] }
        var directives: [Directive] = []
        switch fate {
        case .kept(let held):
            fetch.position = min(held, fetch.size)
            fetch.stage = .ready
            fetches[digest] = fetch
            if fetch.position == fetch.size { drop(digest) }
        case .whole, .unwanted: drop(digest)
        case .wrong:
            let tries = (rests[digest]?.tries ?? 0) + 1
            rest(digest, until: tries < Self.maximumTries ? now : .max)
            rests[digest]?.tries = tries
            directives.append(.note(digest, .wrong(tries: tries)))
            seek()
        case .refused(let why):
            rest(digest, until: now + Self.restFor)
            directives.append(.note(digest, .refused(why)))
        }
        return directives + pump(now)
    }

    private mutating func completed(_ digest: Digest, _ now: UInt64) -> [Directive] {
        var directives: [Directive] = []
        if let index = notYet.firstIndex(of: digest) {
            notYet.remove(at: index)
            if isOpen { directives.append(.send(.held([digest]))) }
        }
        if case .storing? = fetches[digest]?.stage { return directives }
        drop(digest)
        rests[digest] = nil
        return directives + pump(now)
    }

    private mutating func tick(_ now: UInt64) -> [Directive] {
        guard isOpen else { return [] }
        var directives: [Directive] = []
        for digest in order {
            guard case .asked(_, _, let at)? = fetches[digest]?.stage, now >= at + Self.patience else { continue }
            rest(digest, until: now + Self.restFor)
            directives.append(.note(digest, .unanswered))
        }
        if now >= lastLook + Self.restFor {
            lastLook = now
            rests = rests.filter { $0.value.until > now || $0.value.tries > 0 }
            seek()
        }
        return directives + pump(now)
    }
}
