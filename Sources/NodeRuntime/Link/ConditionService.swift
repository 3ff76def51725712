import Logging
import NIOCore
import Node
import Registry
import Replication
import ServiceLifecycle
import Synchronization

extension LinkBoard.News {
    /// A statement as news for the other links. Conditions are many: only their issuer is named, and each link takes
    /// the newest when it comes to send.
    static func of(_ signed: SignedStatement, _ statement: Statement) -> LinkBoard.News {
        switch statement.kind {
        case .condition: .condition(of: statement.issuer.path)
        case .freshness, .heartbeat: .statement(signed, statement.audience, issuer: statement.issuer.path)
        }
    }
}

extension LinkBoard {
    /// The lines of children, as a condition tells of them.
    var childLines: [NodePath: ChildLine] {
        var lines: [NodePath: ChildLine] = [:]
        for state in states where !state.isParent {
            let line: NodeCondition.Line
            switch state.phase {
            case .connected: line = .connected
            case .synchronising: line = .synchronising
            case .cut, .waiting, .refused: line = .cut
            case .never: line = .never
            }
            lines[state.peer] = ChildLine(line: line, lastContact: state.lastContact, held: state.held)
        }
        return lines
    }
}

/// What one link up still has to tell of conditions.
final class ConditionSender: Sendable {
    private let node: Node
    private let role: Conversation.Role
    private let outbox = Mutex(ConditionOutbox())

    init(node: Node, role: Conversation.Role) { (self.node, self.role) = (node, role) }

    /// Conditions go up only.
    func add(_ issuer: NodePath) { if role == .child { outbox.withLock { $0.add(issuer) } } }

    /// All that is held: the peer may have missed some.
    func addAll() { for held in node.conditions.all { add(held.issuer) } }

    var isDue: Bool { outbox.withLock { $0.count > 0 } }

    /// The next few, asked once a second while the conversation is open.
    func next() async throws -> [Frame] {
        let issuers = outbox.withLock { $0.take() }
        guard !issuers.isEmpty else { return [] }
        let statements = try await Offload.run { [node] in try issuers.compactMap { try node.conditionToSend(of: $0) } }
        return outbox.withLock { outbox in statements.map { .statement(outbox.slim($0)) } }
    }
}

/// Tells the tiers above how this node is, as often as ``ConditionPace`` allows, and saves now and then what those
/// below told.
struct ConditionService: Service {
    let node: Node
    let board: LinkBoard
    let logger: Logger
    /// Rounds between two savings.
    private static let saveEvery = 15

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            var pace = ConditionPace(), round = 0
            while true {
                round += 1
                do {
                    pace = try await tell(pace)
                    if round % Self.saveEvery == 0 { try await Offload.run { [node] in try node.saveConditions() } }
                } catch let error where !(error is CancellationError) {
                    logger.error("the condition could not be told", metadata: ["error": "\(error)"])
                }
                try await Task.sleep(for: .seconds(2))
            }
        }
    }

    private func tell(_ pace: ConditionPace) async throws -> ConditionPace {
        guard let parent = node.path.parent else { return pace }
        let connected = board.state(of: parent)?.phase == .connected, lines = board.childLines
        let (next, told) = try await Offload.run { [node] in
            var pace = pace
            let condition = try node.condition(software: Software.version, lines: lines)
            let now = NIODeadline.now().uptimeNanoseconds / 1_000_000
            guard pace.isDue(condition, connected: connected, now: now, jitter: UInt8.random(in: 0...255)) else { return (pace, false) }
            return (pace, try node.stateCondition(condition) != nil)
        }
        if told { board.tell(.condition(of: node.path)) }
        return next
    }
}
