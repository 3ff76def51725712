import Registry
import Replication
import Testing

@Suite struct AttachmentExchangeTests {
    private typealias Want = AttachmentExchange.Want

    private static func digest(_ n: Int) -> Digest { Digest(a: UInt64(n), b: 1, c: 1, d: 1) }

    private func opened(_ wants: [AttachmentExchange.Want]) -> (AttachmentExchange, [AttachmentExchange.Directive]) {
        var exchange = AttachmentExchange()
        #expect(exchange.handle(.opened, now: 0) == [.look(after: 0)])
        let asks = exchange.handle(.wants(wants, last: true), now: 0)
        return (exchange, asks)
    }

    private func piece(_ ask: AttachmentAsk, total: UInt64) -> AttachmentFrame {
        .piece(AttachmentPiece(digest: ask.digest, offset: ask.offset, total: total, content: Array(repeating: 7, count: ask.length)))
    }

    private func ask(_ directives: [AttachmentExchange.Directive]) -> AttachmentAsk? {
        for case .send(.ask(let ask)) in directives { return ask }
        return nil
    }

    @Test("Two contents at a time, each where it broke off, and no more before a piece is stored (I-A1, I-A2)")
    func outstanding() throws {
        var (exchange, asks) = opened([
            Want(id: 1, digest: Self.digest(1), size: 100_000, held: 40_000), Want(id: 2, digest: Self.digest(2), size: 10, held: 0), Want(id: 3, digest: Self.digest(3), size: 10, held: 0),
        ])
        #expect(asks == [
            .send(.ask(AttachmentAsk(digest: Self.digest(1), offset: 40_000, length: 60_000))), .send(.ask(AttachmentAsk(digest: Self.digest(2), offset: 0, length: 10))),
        ])
        let second = AttachmentAsk(digest: Self.digest(2), offset: 0, length: 10)
        let store = exchange.handle(.received(piece(second, total: 10)), now: 5)
        guard case .store(let arrived)? = store.first, store.count == 1 else { throw CodingFault("\(store)") }
        #expect(arrived.digest == Self.digest(2))
        #expect(exchange.handle(.received(piece(second, total: 10)), now: 5).isEmpty, "a piece counts once")
        #expect(exchange.outstanding == 2, "until it is stored it counts as under way")
        let next = exchange.handle(.stored(Self.digest(2), .whole), now: 5)
        #expect(ask(next) == AttachmentAsk(digest: Self.digest(3), offset: 0, length: 10))
    }

    @Test("Pieces grow on a quick line and shrink on a slow one")
    func adapts() throws {
        let size = Replication.Attachment.maximumBytes
        var (exchange, asks) = opened([Want(id: 1, digest: Self.digest(1), size: size, held: 0)])
        var held: UInt64 = 0, now: UInt64 = 0
        func round(took: UInt64) throws -> Int {
            let open = try #require(ask(asks))
            now += took
            _ = exchange.handle(.received(piece(open, total: size)), now: now)
            held += UInt64(open.length)
            asks = exchange.handle(.stored(Self.digest(1), .kept(held: held)), now: now)
            return try #require(ask(asks)).length
        }
        var lengths: [Int] = []
        for _ in 0..<4 { lengths.append(try round(took: 10)) }
        #expect(lengths == [131_072, 262_144, 262_144, 262_144])
        lengths = []
        for _ in 0..<6 { lengths.append(try round(took: 3000)) }
        #expect(lengths == [131_072, 65_536, 32_768, 16_384, 16_384, 16_384])
    }

    @Test("What is absent is asked for again after a minute, or at once when the peer says it holds it")
    func absent() {
        var (exchange, _) = opened([Want(id: 1, digest: Self.digest(1), size: 10, held: 0)])
        let note = exchange.handle(.received(.absent(Self.digest(1), reason: AbsentReason.notYet)), now: 1000)
        #expect(note == [.note(Self.digest(1), .absent(reason: AbsentReason.notYet))])
        #expect(exchange.handle(.tick, now: 30_000).isEmpty)
        #expect(exchange.handle(.received(.held([Self.digest(1)])), now: 31_000) == [.look(after: 0)])
        #expect(ask(exchange.handle(.wants([Want(id: 1, digest: Self.digest(1), size: 10, held: 0)], last: true), now: 31_000)) != nil)
        _ = exchange.handle(.received(.absent(Self.digest(1), reason: AbsentReason.notHeld)), now: 32_000)
        #expect(exchange.handle(.tick, now: 100_000) == [.look(after: 0)])
        #expect(ask(exchange.handle(.wants([Want(id: 1, digest: Self.digest(1), size: 10, held: 0)], last: true), now: 100_000)) != nil)
        let lost = exchange.handle(.tick, now: 100_000 + AttachmentExchange.patience)
        #expect(lost.contains(.note(Self.digest(1), .unanswered)))
    }

    @Test("Wrong content is asked for three times, then no more on this connection (I-A3)")
    func gaveUp() throws {
        let want = Want(id: 1, digest: Self.digest(1), size: 10, held: 0)
        var (exchange, asks) = opened([want])
        for tries in 1...3 {
            let open = try #require(ask(asks), "try \(tries)")
            _ = exchange.handle(.received(piece(open, total: 10)), now: 0)
            let after = exchange.handle(.stored(want.digest, .wrong), now: 0)
            #expect(after.contains(.note(want.digest, .wrong(tries: tries))))
            asks = exchange.handle(.wants([want], last: true), now: 0)
        }
        #expect(ask(asks) == nil)
        _ = exchange.handle(.received(.held([want.digest])), now: 0)
        #expect(ask(exchange.handle(.wants([want], last: true), now: 1 << 40)) == nil)
    }

    @Test("The peer's asks are bounded, answered in turn, and a later ask for the same content replaces the earlier (I-A4)")
    func serving() {
        var (exchange, _) = opened([])
        for n in 0..<100 { _ = exchange.handle(.received(.ask(AttachmentAsk(digest: Self.digest(n), offset: 0, length: 1))), now: 0) }
        _ = exchange.handle(.received(.ask(AttachmentAsk(digest: Self.digest(0), offset: 5, length: 1))), now: 0)
        #expect(exchange.nextAsk() == AttachmentAsk(digest: Self.digest(0), offset: 5, length: 1))
        var more = 0
        while exchange.nextAsk() != nil { more += 1 }
        #expect(more == AttachmentExchange.maximumAsks - 1 && !exchange.owes)
        // Whoever was told "not yet" hears when it is here; nobody else does.
        _ = exchange.handle(.answered(.absent(Self.digest(7), reason: AbsentReason.notYet)), now: 0)
        #expect(exchange.handle(.completed(Self.digest(8)), now: 0).isEmpty)
        #expect(exchange.handle(.completed(Self.digest(7)), now: 0) == [.send(.held([Self.digest(7)]))])
        #expect(exchange.handle(.completed(Self.digest(7)), now: 0).isEmpty)
    }

    @Test("Pieces yield to change sets, but not for ever")
    func fairShare() {
        var (exchange, _) = opened([])
        exchange.yielded(to: AttachmentExchange.fairShare)
        #expect(!exchange.isDue, "nobody waits")
        for n in 0..<2 { _ = exchange.handle(.received(.ask(AttachmentAsk(digest: Self.digest(n), offset: 0, length: 1))), now: 0) }
        #expect(exchange.isDue)
        _ = exchange.nextAsk()
        #expect(!exchange.isDue && exchange.owes)
        exchange.yielded(to: AttachmentExchange.fairShare - 1)
        #expect(!exchange.isDue)
        exchange.yielded(to: 1)
        #expect(exchange.isDue)
    }

    @Test("Cut, reordered, doubled, lost, lied to: once the peer is honest every content arrives whole, and little is sent twice")
    func converges() {
        Seeds.each(150) { seed, random in
            var world = ExchangeWorld(contents: Int.random(in: 1...12, using: &random), using: &random)
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                world.connect()
                for _ in 0..<Int.random(in: 0...80, using: &random) { world.step(honest: false, using: &random) }
            }
            world.connect()
            let needed = world.needed
            world.sent = 0
            for _ in 0..<30_000 where world.missing > 0 { world.step(honest: true, using: &random) }
            #expect(world.missing == 0, "seed \(seed)")
            #expect(world.sent <= needed, "seed \(seed): an honest, uncut line sends each byte once")
            #expect(world.worst <= AttachmentExchange.maximumOutstanding)
        }
    }
}

/// A receiver with its disk, a sender that may lie, and the line between them.
private struct ExchangeWorld {
    private struct Content {
        let digest: Digest
        let size: UInt64
        var held: UInt64 = 0
        var isClean = true
        var isWhole = false
    }

    private var contents: [Content] = []
    private var receiver = AttachmentExchange()
    private var sender = AttachmentExchange()
    private var up: [AttachmentFrame] = []
    private var down: [AttachmentFrame] = []
    private var now: UInt64 = 0
    var sent: UInt64 = 0
    var worst = 0

    init(contents count: Int, using random: inout SplitMix) {
        for n in 0..<count { contents.append(Content(digest: Digest(a: UInt64(n), b: 0, c: 0, d: 0), size: UInt64.random(in: 1...400_000, using: &random))) }
    }

    var missing: Int { contents.count { !$0.isWhole } }
    /// Bytes an honest line has to carry: what is missing, and once more what was spoiled.
    var needed: UInt64 { contents.reduce(0) { $0 + ($1.isWhole ? 0 : $1.size - $1.held + ($1.isClean ? 0 : $1.size)) } }

    /// A new line: what was on the old one is lost, what was stored is not.
    mutating func connect() {
        (receiver, sender, up, down) = (AttachmentExchange(), AttachmentExchange(), [], [])
        _ = sender.handle(.opened, now: now)
        carry(receiver.handle(.opened, now: now))
    }

    mutating func step(honest: Bool, using random: inout SplitMix) {
        now += UInt64.random(in: 1...(honest ? 400 : 2000), using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: if !down.isEmpty { _ = sender.handle(.received(Self.take(&down, honest, &random)), now: now) }
        case 2, 3:
            guard !up.isEmpty else { break }
            let frame = Self.take(&up, honest, &random)
            carry(receiver.handle(.received(frame), now: now))
        case 4: serve(honest, &random)
        default:
            // Quiet lines let time pass.
            if up.isEmpty, down.isEmpty, !sender.owes { now += 30_000 }
            carry(receiver.handle(.tick, now: now))
        }
        worst = max(worst, receiver.outstanding)
    }

    private static func take(_ line: inout [AttachmentFrame], _ honest: Bool, _ random: inout SplitMix) -> AttachmentFrame {
        guard !honest else { return line.removeFirst() }
        let index = Int.random(in: 0..<line.count, using: &random)
        let frame = line[index]
        // Some are delivered twice.
        if Int.random(in: 0..<5, using: &random) > 0 { line.remove(at: index) }
        return frame
    }

    private mutating func serve(_ honest: Bool, _ random: inout SplitMix) {
        guard let ask = sender.nextAsk(), let content = contents.first(where: { $0.digest == ask.digest }) else { return }
        var piece = AttachmentPiece(digest: ask.digest, offset: ask.offset, total: content.size, content: Array(repeating: 1, count: min(ask.length, Int(content.size - ask.offset))))
        if !honest {
            switch Int.random(in: 0..<12, using: &random) {
            case 0: return
            case 1: piece = AttachmentPiece(digest: ask.digest, offset: ask.offset, total: content.size + 1, content: piece.content)
            case 2: piece = AttachmentPiece(digest: ask.digest, offset: ask.offset, total: content.size, content: Array(repeating: 2, count: piece.content.count))
            case 3: piece = AttachmentPiece(digest: ask.digest, offset: ask.offset + 1, total: content.size, content: piece.content)
            case 4: piece = AttachmentPiece(digest: ask.digest, offset: ask.offset, total: content.size, content: piece.content + [1])
            case 5: return up.append(.absent(ask.digest, reason: AbsentReason.notHeld))
            case 6: return up.append(.held([ask.digest]))
            default: break
            }
        }
        sent += UInt64(piece.content.count)
        up.append(.piece(piece))
    }

    private mutating func carry(_ directives: [AttachmentExchange.Directive]) {
        for directive in directives {
            switch directive {
            case .send(let frame): down.append(frame)
            case .look(let after):
                let wants = contents.enumerated().filter { !$0.element.isWhole && Int64($0.offset + 1) > after }
                    .map { AttachmentExchange.Want(id: Int64($0.offset + 1), digest: $0.element.digest, size: $0.element.size, held: $0.element.held) }
                carry(receiver.handle(.wants(Array(wants.prefix(5)), last: wants.count <= 5), now: now))
            case .store(let piece): carry(receiver.handle(.stored(piece.digest, store(piece)), now: now))
            case .note: break
            }
        }
    }

    private mutating func store(_ piece: AttachmentPiece) -> AttachmentExchange.PieceFate {
        guard let index = contents.firstIndex(where: { $0.digest == piece.digest }), !contents[index].isWhole else { return .unwanted }
        guard piece.offset == contents[index].held else { return .kept(held: contents[index].held) }
        contents[index].held += UInt64(piece.content.count)
        if piece.content.first != 1 { contents[index].isClean = false }
        guard contents[index].held >= contents[index].size else { return .kept(held: contents[index].held) }
        #expect(contents[index].held == contents[index].size, "never beyond the size (I-A2)")
        if contents[index].isClean {
            contents[index].isWhole = true
            return .whole
        }
        (contents[index].held, contents[index].isClean) = (0, true)
        return .wrong
    }
}
