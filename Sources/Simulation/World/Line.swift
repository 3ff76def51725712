import Node
import Registry
import Replication

/// What crosses from one line of a node to its others.
enum LineNews {
    /// Durable at a tier above.
    case durable([LedgerTip], at: NodePath)
    case statement(SignedStatement, Statement)
    /// The node began a new incarnation: all talk begins anew.
    case newIncarnation
}

/// The line between a child and its parent: two real conversations, joined by frames in memory, each as bytes. What
/// the sessions of a running node do, without threads: one move is one frame.
final class Line {
    let child: Machine
    let parent: Machine
    weak var world: World?
    var isUp = true { didSet { if !isUp { end("down") } } }
    private(set) var ends: (down: LineEnd, up: LineEnd)?
    /// Why the last talk ended.
    private(set) var lastEnd = ""
    /// Talks begun so far, and frames moved.
    private(set) var talks = 0
    private(set) var moves = 0
    /// Change sets refused by either end, over all talks.
    private(set) var faults: [ChangeSetFault] = []
    /// Of them in this talk.
    private(set) var refusals = 0

    init(child: Machine, parent: Machine) { (self.child, self.parent) = (child, parent) }

    /// The end at the child (`down`) or at the parent.
    private func end(atChild: Bool) -> LineEnd? { atChild ? ends?.down : ends?.up }

    var isQuiet: Bool { (ends?.down.queue.isEmpty ?? true) && (ends?.up.queue.isEmpty ?? true) }

    func end(_ reason: String) {
        guard let (down, up) = ends else { return }
        down.close()
        up.close()
        ends = nil
        lastEnd = reason
    }

    private func begin() throws {
        talks += 1
        refusals = 0
        let down = LineEnd(child.node, role: .child, peer: parent.path, line: self), up = LineEnd(parent.node, role: .parent, peer: child.path, line: self)
        ends = (down, up)
        for end in [down, up] { try end.open() }
    }

    /// Moves one frame towards the parent (`up`) or the child; begins to talk when nobody does.
    /// - Returns: false when nothing moves that way.
    /// - Throws: errors of storage, when a machine has no power.
    func move(up: Bool) throws -> Bool {
        guard isUp, child.isOn, parent.isOn else { return false }
        if ends == nil { try begin() }
        guard let from = end(atChild: up), let to = end(atChild: !up) else { return false }
        if from.queue.isEmpty { try from.fill() }
        guard !from.queue.isEmpty else { return false }
        moves += 1
        try deliver(from.queue.removeFirst(), to: to, up: up)
        return true
    }

    private func deliver(_ frame: Frame, to end: LineEnd, up: Bool) throws {
        var frame = frame
        if let tamper = world?.tamper {
            guard let changed = tamper(child.path, frame, up) else { return }
            frame = changed
        }
        do {
            guard let read = try Frame.read(try frame.serialized()) else { return }
            try end.receive(read)
        } catch let reason as LineEnded {
            self.end(reason.why)
        } catch let fault as ChangeSetFault {
            note(fault)
            self.end(fault.description)
        }
    }

    // MARK: - Faults

    /// Frames on their way up or down.
    func queued(up: Bool) -> Int { end(atChild: up)?.queue.count ?? 0 }

    /// Delivers a frame twice that a sender may repeat.
    func duplicate(up: Bool) -> Bool {
        guard let from = end(atChild: up), let frame = from.queue.first, frame.mayRepeat else { return false }
        from.queue.insert(frame, at: 1)
        return true
    }

    /// Lets one frame overtake another.
    func swap(up: Bool, _ random: inout SplitMix64) -> Bool {
        guard let from = end(atChild: up), from.queue.count > 1 else { return false }
        let index = random.below(from.queue.count - 1)
        guard from.queue[index].mayRepeat, from.queue[index + 1].mayRepeat else { return false }
        from.queue.swapAt(index, index + 1)
        return true
    }

    /// Spoils one byte of a change set on its way.
    func spoil(up: Bool, _ random: inout SplitMix64) -> Bool {
        guard let from = end(atChild: up), let index = from.queue.firstIndex(where: { if case .changeSet = $0 { true } else { false } }),
            case .changeSet(var sealed) = from.queue[index], !sealed.header.isEmpty
        else { return false }
        let place = random.below(sealed.header.count)
        sealed.header[place] ^= UInt8(1 << random.below(8))
        from.queue[index] = .changeSet(sealed)
        return true
    }

    // MARK: - What the ends tell

    func note(_ fault: ChangeSetFault) {
        refusals += 1
        faults.append(fault)
    }

    func tell(_ news: LineNews, by end: LineEnd) throws { try world?.spread(news, at: end.node.path, except: self) }

    func hear(_ news: LineNews, at node: NodePath) throws {
        if case .newIncarnation = news { return self.end("new-incarnation") }
        guard let (down, up) = ends else { return }
        try (child.path == node ? down : up).hear(news)
    }
}

/// The talk is over, for a reason.
struct LineEnded: Error {
    let why: String
}

extension Frame {
    /// Whether it may come twice, or before the one ahead of it, without the talk being over.
    fileprivate var mayRepeat: Bool {
        switch self {
        case .changeSet, .receipt, .held, .verdicts, .statement, .ping, .pong: true
        case .greeting, .tips, .refusal, .farewell, .listKeys, .attachment: false
        }
    }
}
