import Registry
import Replication
import Testing

@Suite struct ConversationTests {
    private let child = replica("wuhan/a"), parent = replica("wuhan")

    private func ledger(_ author: ReplicaID, _ lane: Lane = .ordinary, _ audience: Audience? = nil) -> LedgerID {
        LedgerID(replica: author, audience: audience ?? .lineage(of: author.path, upTo: 1), lane: lane)
    }

    private func tip(_ ledger: LedgerID, _ sequence: UInt64) -> LedgerTip { LedgerTip(ledger: ledger, tip: Tip(sequence: sequence, digest: Digest(a: sequence, b: 0, c: 0, d: 0))) }

    private func greeting(of replica: ReplicaID, _ digest: Digest = .zero, ledgers: UInt64 = 0, min: UInt32 = 1, max: UInt32 = 1) -> Frame {
        .greeting(Greeting(protocolMin: min, protocolMax: max, replica: replica, tipsDigest: digest, ledgers: ledgers, rulesVersion: 1, time: 0, software: ""))
    }

    /// A child's conversation, open, that holds `mine` while the parent holds `theirs`.
    private func opened(_ mine: [LedgerTip], _ theirs: [LedgerTip]) -> Conversation {
        var talk = Conversation(role: .child, me: child, peer: parent.path, software: "")
        _ = talk.handle(.opened(tips: mine, digest: Digest(a: 1, b: 0, c: 0, d: 0), time: 0))
        _ = talk.handle(.received(greeting(of: parent, Digest(a: 2, b: 0, c: 0, d: 0), ledgers: UInt64(theirs.count))))
        _ = talk.handle(.received(.tips(theirs, last: true)))
        _ = talk.handle(.compared(forks: []))
        return talk
    }

    @Test("Equal digests need no tip lists")
    func equalDigests() {
        var talk = Conversation(role: .child, me: child, peer: parent.path, software: "")
        _ = talk.handle(.opened(tips: [], digest: .zero, time: 0))
        let directives = talk.handle(.received(greeting(of: parent)))
        #expect(talk.isOpen)
        #expect(directives.count == 1)
    }

    @Test("Relief is offered before ordinary, at every choice (I-L4)")
    func reliefFirst() {
        var talk = opened([tip(ledger(child), 5), tip(ledger(child, .relief), 1)], [])
        #expect(talk.nextLoad()?.ledger.lane == .relief)
        _ = talk.handle(.sent(ledger(child, .relief), through: 1, bytes: 10))
        #expect(talk.nextLoad()?.ledger.lane == .ordinary)
        _ = talk.handle(.sent(ledger(child), through: 3, bytes: 10))
        _ = talk.handle(.advanced([tip(ledger(child, .relief), 2)]))
        #expect(talk.nextLoad()?.ledger.lane == .relief, "new relief overtakes what is still queued")
    }

    @Test("Nothing is offered twice, beyond the tip, or outside its audience (I-L1, I-L2)")
    func offersAreExact() {
        let foreign = ledger(replica("wuhan/b"))
        var talk = opened([tip(ledger(child), 5), tip(foreign, 9), tip(ledger(child, .ordinary, .local), 3)], [tip(ledger(child), 2)])
        let load = talk.nextLoad()
        #expect(load?.ledger == ledger(child) && load?.after == 2)
        #expect(talk.nextLoad() == nil, "one load at a time")
        _ = talk.handle(.sent(ledger(child), through: 5, bytes: 1))
        #expect(talk.nextLoad() == nil)
        _ = talk.handle(.admitted([tip(ledger(parent, .ordinary, .published), 4)], verdicts: []))
        #expect(talk.nextLoad() == nil, "what the peer sent is not sent back")
    }

    @Test("What grows while the two are greeting is offered without waiting for the next change", arguments: [true, false])
    func growthWhileGreeting(equal: Bool) {
        var talk = Conversation(role: .child, me: child, peer: parent.path, software: "")
        let other = ledger(child, .ordinary, .published)
        _ = talk.handle(.opened(tips: [tip(ledger(child), 3)], digest: Digest(a: 1, b: 0, c: 0, d: 0), time: 0))
        _ = talk.handle(.advanced([tip(ledger(child), 5), tip(other, 1)]))
        if equal {
            _ = talk.handle(.received(greeting(of: parent, Digest(a: 1, b: 0, c: 0, d: 0), ledgers: 1)))
        } else {
            _ = talk.handle(.received(greeting(of: parent, Digest(a: 2, b: 0, c: 0, d: 0), ledgers: 1)))
            _ = talk.handle(.received(.tips([tip(ledger(child), 3)], last: true)))
            _ = talk.handle(.compared(forks: []))
        }
        var offered: [LedgerID: UInt64] = [:]
        while let load = talk.nextLoad() {
            offered[load.ledger] = load.after
            _ = talk.handle(.sent(load.ledger, through: load.ledger == other ? 1 : 5, bytes: 1))
        }
        #expect(offered == [ledger(child): 3, other: 0])
    }

    @Test("Unacknowledged bytes stop the sender until a receipt frees them (I-L3)")
    func window() {
        var talk = opened([tip(ledger(child), 100)], [])
        _ = talk.nextLoad()
        _ = talk.handle(.sent(ledger(child), through: 10, bytes: Flight.most))
        #expect(talk.nextLoad() == nil)
        talk.acknowledge([tip(ledger(child), 9)])
        #expect(talk.nextLoad() == nil, "a receipt short of what was sent frees nothing")
        talk.acknowledge([tip(ledger(child), 10)])
        #expect(talk.inFlight == 0)
        #expect(talk.nextLoad()?.after == 10)
    }

    @Test("A refused ledger is offered no more and gives its window back; others go on")
    func refusal() {
        let other = ledger(child, .ordinary, .published)
        var talk = opened([tip(ledger(child), 10)], [])
        _ = talk.nextLoad()
        _ = talk.handle(.sent(ledger(child), through: 4, bytes: Flight.most))
        let directives = talk.handle(.received(.refusal(ledger(child), sequence: 3, rule: "bad-signature", detail: "")))
        #expect(directives.count == 1)
        #expect(talk.inFlight == 0)
        #expect(talk.nextLoad() == nil)
        _ = talk.handle(.advanced([tip(other, 1)]))
        #expect(talk.nextLoad()?.ledger == other)
    }

    private func proofs(_ directives: [Conversation.Directive]) -> [UInt64] { directives.compactMap { if case .prove(_, let sequence) = $0 { sequence } else { nil } } }

    private func refusals(_ directives: [Conversation.Directive]) -> [String] { directives.compactMap { if case .send(.refusal(_, _, let rule, _)) = $0 { rule } else { nil } } }

    @Test("Tips that contradict ours in our own ledger are asked to be proven; in the peer's own ledger we prove ours")
    func forksAreProven() {
        for (author, proven, asked) in [(child, [], ["fork"]), (parent, [8], []), (replica("wuhan", 9), [], [])] as [(ReplicaID, [UInt64], [String])] {
            var talk = Conversation(role: .child, me: child, peer: parent.path, software: "")
            let disputed = ledger(author, .ordinary, .published)
            _ = talk.handle(.opened(tips: [tip(disputed, 9)], digest: Digest(a: 1, b: 0, c: 0, d: 0), time: 0))
            _ = talk.handle(.received(greeting(of: parent, .zero, ledgers: 1)))
            _ = talk.handle(.received(.tips([tip(disputed, 8)], last: true)))
            let directives = talk.handle(.compared(forks: [disputed]))
            #expect(proofs(directives) == proven && refusals(directives) == asked)
            #expect(talk.nextLoad() == nil, "nothing more of a disputed ledger is sent")
        }
    }

    @Test("Who refuses an entry of its own ledger as a fork is shown ours, once; of ledgers that do not cross nothing is kept")
    func refusedForksAreProven() {
        let theirs = ledger(parent, .ordinary, .published)
        var talk = opened([tip(theirs, 5)], [tip(theirs, 9)])
        func refuse(_ ledger: LedgerID, _ sequence: UInt64, _ rule: String = "fork") -> [Conversation.Directive] {
            talk.handle(.received(.refusal(ledger, sequence: sequence, rule: rule, detail: "")))
        }
        #expect(proofs(refuse(theirs, 6)).isEmpty, "an entry that we do not hold")
        talk = opened([tip(theirs, 5)], [tip(theirs, 9)])
        #expect(proofs(refuse(theirs, 4)) == [4])
        #expect(proofs(refuse(theirs, 4)).isEmpty)
        #expect(proofs(refuse(ledger(replica("wuhan/b")), 1)).isEmpty)
        #expect(!talk.knows(ledger(replica("wuhan/b"))))
        #expect(proofs(talk.handle(.refused(theirs, sequence: 3, fault: ChangeSetFault(.fork, "", "")))) == [3])
        #expect(proofs(talk.handle(.refused(ledger(child), sequence: 3, fault: ChangeSetFault(.fork, "", "")))).isEmpty)
    }

    @Test("Wrong peers, wrong versions and frames out of place end the talk by name")
    func refusals() {
        func end(_ frames: [Frame]) -> Conversation.EndReason? {
            var talk = Conversation(role: .child, me: child, peer: parent.path, software: "")
            _ = talk.handle(.opened(tips: [], digest: .zero, time: 0))
            for frame in frames {
                for directive in talk.handle(.received(frame)) { if case .end(let reason) = directive { return reason } }
            }
            return nil
        }
        #expect(end([greeting(of: replica("wuhan/b"))]) == .wrongPeer(expected: parent.path, found: path("wuhan/b")))
        #expect(end([greeting(of: parent, min: 9, max: 9)]) == .incompatible(peerMin: 9, peerMax: 9))
        #expect(end([greeting(of: parent), greeting(of: parent)]) != nil)
        #expect(end([.held([])]) != nil)
        #expect(end([.attachment(.held([]))]) == .outOfPlace("an attachment"))
        #expect(end([.farewell(reason: "x", detail: "y")]) == .farewell(reason: "x", detail: "y"))
    }

    @Test("The protocol is the greatest that both ends speak")
    func version() {
        for (theirs, ours) in [(1, 1), (2, 2), (9, Conversation.protocolMax)] as [(UInt32, UInt32)] {
            var talk = Conversation(role: .child, me: child, peer: parent.path, software: "")
            _ = talk.handle(.opened(tips: [], digest: .zero, time: 0))
            _ = talk.handle(.received(greeting(of: parent, max: theirs)))
            #expect(talk.isOpen)
            #expect(talk.version == ours)
        }
    }

    @Test("Silence is answered by a ping, and long silence by the end")
    func heartbeats() {
        var talk = opened([], [])
        _ = talk.handle(.tick(now: 1000))
        #expect(talk.handle(.tick(now: 2000)).isEmpty)
        let pinged = talk.handle(.tick(now: 11_500)).contains { if case .send(.ping) = $0 { true } else { false } }
        #expect(pinged)
        let ended = talk.handle(.tick(now: 36_500)).contains { if case .end(.silent) = $0 { true } else { false } }
        #expect(ended)
    }

    @Test("On a slow line any byte is a sign of life, though no frame is whole for minutes")
    func anyByteCounts() {
        var talk = opened([], [])
        _ = talk.handle(.tick(now: 1000))
        for second in 2...200 {
            talk.passes(to: UInt64(second) * 1000)
            _ = talk.handle(.heard)
            let ended = talk.handle(.tick(now: UInt64(second) * 1000)).contains { if case .end = $0 { true } else { false } }
            #expect(!ended)
        }
        let ended = talk.handle(.tick(now: 235_000)).contains { if case .end(.silent) = $0 { true } else { false } }
        #expect(ended)
    }

    @Test("What is acknowledged slowly is followed by little, and relief by nothing that was not sent yet")
    func slowLine() {
        var talk = opened([tip(ledger(child), 1000)], [])
        for step in 1...20 {
            guard let load = talk.nextLoad() else { Issue.record("nothing to send at \(step)"); return }
            #expect(load.bytes <= Flight.first)
            _ = talk.handle(.sent(ledger(child), through: load.after + 1, bytes: 200_000))
            #expect(talk.nextLoad() == nil, "a second set would stand before relief for 6 s more")
            talk.passes(to: UInt64(step) * 6300)
            talk.acknowledge([tip(ledger(child), load.after + 1)])
        }
        _ = talk.handle(.advanced([tip(ledger(child, .relief), 1)]))
        #expect(talk.nextLoad()?.ledger.lane == .relief)
    }

    @Test("Random frames in random order never trap")
    func chaos() {
        Seeds.each(400) { _, random in
            var talk = Conversation(role: Bool.random(using: &random) ? .child : .parent, me: child, peer: parent.path, software: "")
            let frames: [Frame] = [
                greeting(of: parent), greeting(of: parent, .zero, ledgers: 3), .tips([tip(ledger(child), 4)], last: true), .tips([], last: false), .held([tip(ledger(child), 2)]),
                .ping(1), .pong(1), .verdicts([]), .refusal(ledger(child), sequence: 1, rule: "", detail: ""), .attachment(.held([])), .farewell(reason: "", detail: ""),
            ]
            _ = talk.handle(.opened(tips: [tip(ledger(child), 3)], digest: Digest(a: 1, b: 0, c: 0, d: 0), time: 0))
            for step in 0..<40 {
                switch Int.random(in: 0..<6, using: &random) {
                case 0: _ = talk.handle(.compared(forks: Bool.random(using: &random) ? [ledger(child)] : []))
                case 1: _ = talk.handle(.advanced([tip(ledger(child), UInt64(step))]))
                case 2: if let load = talk.nextLoad() { _ = talk.handle(.sent(load.ledger, through: load.after + 1, bytes: 10)) }
                case 3: _ = talk.handle(.tick(now: UInt64(step) * 3000))
                default: _ = talk.handle(.received(frames.randomElement(using: &random) ?? .ping(0)))
                }
            }
        }
    }
}
