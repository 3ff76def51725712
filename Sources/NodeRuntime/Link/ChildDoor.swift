import Logging
import Node
import NIOCore
import Registry
import Replication
import Sealing
import Synchronization
import Transport

/// What others meet at a node's listener: enrolment, the only request answered without a client certificate, the
/// link for children, and look-ups for those enrolled to ask.
final class ChildDoor: Sendable {
    private let node: Node
    private let board: LinkBoard
    private let roots: TrustRoots
    private let patience: Patience
    private let logger: Logger
    private let lookups: LookupDoor
    /// Enrolments under way: each costs signatures, and strangers may ask.
    private let enrolling = Mutex(0)
    private static let enrolmentsAtOnce = 8

    init(node: Node, board: LinkBoard, roots: TrustRoots, patience: Patience, lookups: LookupDoor, logger: Logger) {
        self.lookups = lookups
        self.patience = patience
        self.logger = logger
        self.node = node
        self.board = board
        self.roots = roots
    }

    /// Judges a peer after every handshake, resumed ones too: still enrolled, with this key, not suspended.
    /// Without a certificate only enrolment is open, and the handler sees to that.
    @Sendable func verify(_ peer: PeerCertificates?) throws {
        guard let peer else { return }
        let leaf = try Certificate(der: peer.leafDER)
        let kind: CertificateKind = leaf.kind == .reader ? .reader : .tls
        let path = kind == .reader ? try node.admitReader(leaf).path : try node.admitChild(leaf)
        if !peer.resumed {
            try verifyChain(
                leaf: leaf, intermediates: try peer.chainDER.dropFirst().map { try Certificate(der: $0) }, roots: roots, expecting: kind,
                path: path, at: Int64(node.environment.now() / 1000))
        }
    }

    @Sendable func handle(_ request: InboundRequest, _ response: any ResponseWriter) async throws {
        switch (request.head.method, request.head.path) {
        case ("POST", "/v1/enrol"): try await enrol(request, response)
        case ("POST", "/v1/link"): try await link(request, response)
        case ("POST", LookupRequest.path), ("GET", NoticeAnswer.path), ("POST", NoticeAnswer.path): try await lookups.handle(request, response)
        default: try await answer(404, "not found", response)
        }
    }

    private func enrol(_ request: InboundRequest, _ response: any ResponseWriter) async throws {
        let mayStart = enrolling.withLock { count in
            guard count < Self.enrolmentsAtOnce else { return false }
            count += 1
            return true
        }
        guard mayStart else { return try await answer(503, "too many enrolments at once; try again", response) }
        defer { enrolling.withLock { $0 -= 1 } }
        let body = try await request.body.collect(upTo: EnrolmentRequest.maximumBytes)
        let bytes = Array(body.readableBytesView)
        do {
            let answer = try await Offload.run { [node] in try node.enrol(try EnrolmentRequest(serialized: bytes)) }
            try await response.sendHead(status: 200, headers: [("content-type", "application/x-protobuf"), ("cache-control", "no-store")])
            try await response.write(ByteBuffer(bytes: answer))
            try await response.finish()
        } catch is NodeRefusal {
            // A stranger is not told which part was wrong.
            try await answer(403, "the invitation is unknown, used or expired", response)
        } catch let fault as CodingFault {
            try await answer(400, fault.description, response)
        } catch let error as SealingError {
            try await answer(400, "a certificate request cannot be used: \(error)", response)
        } catch let problem as IssueProblem {
            try await answer(400, "a certificate request cannot be used: \(problem)", response)
        }
    }

    private func link(_ request: InboundRequest, _ response: any ResponseWriter) async throws {
        guard let peer = request.peer, peer.verified else { return try await answer(401, "a link needs a certificate of this federation", response) }
        let leaf = peer.leafDER
        let child: NodePath
        do {
            child = try await Offload.run { [node] in
                let certificate = try Certificate(der: leaf)
                let child = try node.admitChild(certificate)
                node.remember(tlsKey: certificate.subjectPublicKeyInfo, of: child)
                return child
            }
        } catch {
            return try await answer(403, "\(error)", response)
        }
        try await response.sendHead(status: 200, headers: [("content-type", "application/x-creditnode-link")])
        // One link a child: what it holds in memory is bounded, and a dead line gives way to a new one.
        let generation = board.begin(linkOf: child)
        board.update(child, isParent: false) { state in
            state.phase = .synchronising
            state.address = request.remoteAddress
        }
        let session = LinkSession(node: node, board: board, role: .parent, peer: child, generation: generation, patience: patience, logger: logger, inbound: request.body) { try await response.write($0) }
        let reason = await session.run()
        logger.info("the line of a child ended", metadata: ["peer": "\(child)", "address": "\(request.remoteAddress)", "reason": "\(reason)"])
        if board.isCurrent(linkOf: child, generation: generation) {
            board.update(child, isParent: false) { state in
                state.phase = .cut
                state.lastError = "\(reason)"
            }
        }
        try? await response.finish()
    }

    private func answer(_ status: Int, _ text: String, _ response: any ResponseWriter) async throws {
        try await response.sendHead(status: status, headers: [("content-type", "text/plain; charset=utf-8")])
        try await response.write(ByteBuffer(string: text + "\n"))
        try await response.finish()
    }
}
