import Logging
import Node
import NIOCore
import NIOPosix
import Registry
import Replication
import Sealing
import Transport

/// Keeps the line to the parent: dials, talks, and after an end dials again with exponential back-off
/// and jitter, so that 160 streets do not return in one second.
struct ParentLink {
    let node: Node
    let board: LinkBoard
    let parent: NodePath
    let address: HostPort
    let tls: TLSContext
    let roots: TrustRoots
    let logger: Logger
    var redial: Redial
    let patience: Patience

    /// Runs until the task is cancelled.
    func run() async {
        var redial = redial
        while !Task.isCancelled {
            board.update(parent, isParent: true) { state in
                state.address = address.description
                state.phase = .synchronising
            }
            let begun = NIODeadline.now()
            let (reason, talked) = await talk()
            if Task.isCancelled { break }
            let isRefusal = (reason as? TransportError).map { if case .tlsFailed = $0.kind { true } else { false } } ?? false
            board.update(parent, isParent: true) { state in
                state.phase = talked ? .cut : (isRefusal ? .refused : .waiting)
                state.lastError = "\(reason)"
            }
            logger.info("the line to the parent ended", metadata: ["peer": "\(parent)", "address": "\(address)", "reason": "\(reason)"])
            redial.ended(talked: talked ? UInt64((NIODeadline.now() - begun).nanoseconds / 1_000_000) : nil)
            if let own = reason as? OwnEnd, own.reason == "new-incarnation" { continue }
            try? await Task.sleep(for: .milliseconds(Int64(redial.wait(draw: .random(in: 0 ... .max)))))
        }
    }

    /// One connection from dial to end. - Returns: why it ended, and whether the conversation had begun.
    private func talk() async -> (any Error, Bool) {
        do {
            let now = Int64(node.environment.now() / 1000)
            let connection = try await HTTPConnection.connect(
                to: .tcp(host: address.host, port: address.port), tls: tls, group: MultiThreadedEventLoopGroup.singleton,
                verifyPeer: { try Self.verify($0, parent: parent, roots: roots, now: now) }, limits: patience.limits)
            let stream = try await connection.openStream(method: "POST", path: "/v1/link", headers: [("content-type", "application/x-creditnode-link")])
            let head = try await stream.head()
            guard head.status == 200 else {
                await connection.close()
                return (Conversation.EndReason.farewell(reason: "status-\(head.status)", detail: "the parent does not take this link"), false)
            }
            let session = LinkSession(node: node, board: board, role: .child, peer: parent, patience: patience, logger: logger, inbound: stream.inbound) { try await stream.write($0) }
            // On the connection's own thread: no hop between the session and its line.
            let reason = await withTaskExecutorPreference(connection.executor) { await session.run() }
            stream.reset()
            await connection.close()
            return (reason, true)
        } catch {
            return (error, false)
        }
    }

    /// The parent is its path under our own TLS root: the URI SAN is the identity, not a DNS name.
    static func verify(_ peer: PeerCertificates?, parent: NodePath, roots: TrustRoots, now: Int64) throws {
        guard let peer else { throw TransportError(.peerCertificateMissing, "the parent showed no certificate") }
        let leaf = try Certificate(der: peer.leafDER)
        guard leaf.kind == .tls, case .success(let path) = leaf.path, path == parent else {
            let found: String
            switch leaf.path {
            case .success(let path): found = path.description
            case .failure(let problem): found = "nobody (\(problem))"
            }
            throw TransportError(.tlsFailed, "the server at the parent's address is \(found), not \(parent)", hint: "wrong address, or a certificate of another node")
        }
        if !peer.resumed {
            try verifyChain(
                leaf: leaf, intermediates: try peer.chainDER.dropFirst().map { try Certificate(der: $0) }, roots: roots, expecting: .tls,
                path: parent, at: now)
        }
    }
}
