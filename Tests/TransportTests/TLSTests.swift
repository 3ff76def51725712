import NIOCore
import Synchronization
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(5))) struct TLSTests {
  private struct NotEnrolled: Error {}

  /// What connecting with these contexts ends in; nil: it works.
  private static func outcome(server: TLSContext, client: TLSContext) async throws -> TransportError.Kind? {
    try await withServer(tls: server, handler: mirror) { _, address in
      try await kind {
        let connection = try await HTTPConnection.connect(to: address, tls: client, group: group)
        _ = try await connection.request(method: "GET", path: "/")
        await connection.close()
      }
    }
  }

  @Test func badClientCertificatesAreRefusedAtConnect() async throws {
    let pki = try TestPKI.shared.get()
    for mode in [TLSContext.ClientCertificate.required, .optional] {
      for identity in [pki.stranger, pki.expired, pki.outsider, pki.wrongPurpose] {
        let refused = Mutex<[any Error]>([])
        let told = Signal()
        try await withServer(
          tls: pki.serverContext(mode),
          observer: { event in
            guard case .refused(_, let reason) = event else { return }
            refused.withLock { $0.append(reason) }
            told.give()
          },
          handler: { _, _ in Issue.record("a refused client reached the handler") }
        ) { _, address in
          let context = try pki.clientContext(identity)
          let error = await #expect(throws: TransportError.self) {
            _ = try await HTTPConnection.connect(to: address, tls: context, group: group)
          }
          #expect(error?.kind == .tlsFailed)
          try await told.get()
          #expect(refused.withLock { ($0.first as? TransportError)?.kind } == .tlsFailed)
        }
      }
    }
  }

  @Test func reasonsAreSaid() async throws {
    let pki = try TestPKI.shared.get()
    let reason = OneShot<String>()
    try await withServer(
      tls: pki.serverContext(),
      observer: { event in
        if case .refused(_, let error) = event { reason.resolve(.success("\(error)")) }
      }, handler: mirror
    ) { _, address in
      let context = try pki.clientContext(pki.expired)
      let error = await #expect(throws: TransportError.self) {
        _ = try await HTTPConnection.connect(to: address, tls: context, group: group)
      }
      #expect(error?.message.contains("expired") == true)
      #expect(try await reason.get().contains("certificate has expired"))
    }
  }

  @Test func clientWithoutCertificate() async throws {
    let pki = try TestPKI.shared.get()
    #expect(try await Self.outcome(server: pki.serverContext(.required), client: pki.clientContext(anonymous: true)) == .peerCertificateMissing)
    let seen = OneShot<Bool>()
    let handler: RequestHandler = { request, writer in
      #expect(request.peer == nil)
      try await writer.sendHead(status: 200, headers: [])
      try await writer.finish()
    }
    try await withServer(
      tls: pki.serverContext(.optional), verifyPeer: { seen.resolve(.success($0 == nil)) }, handler: handler
    ) { _, address in
      let connection = try await HTTPConnection.connect(to: address, tls: pki.clientContext(anonymous: true), group: group)
      let response = try await connection.request(method: "GET", path: "/")
      #expect(response.status == 200)
      #expect(try await seen.get())
      await connection.close()
    }
    #expect(try await Self.outcome(server: pki.serverContext(.none), client: pki.clientContext()) == nil)
  }

  @Test func badServerCertificates() async throws {
    let pki = try TestPKI.shared.get()
    let expired = try pki.serverContext(.required, identity: pki.expiredServer)
    #expect(try await Self.outcome(server: expired, client: pki.clientContext()) == .tlsFailed)
    let foreign = try pki.serverContext(.required, identity: pki.stranger)
    #expect(try await Self.outcome(server: foreign, client: pki.clientContext()) == .tlsFailed)
  }

  @Test func enrolmentJudgesTheServerItself() async throws {
    let pki = try TestPKI.shared.get()
    try await withServer(tls: pki.serverContext(.optional, identity: pki.stranger), handler: mirror) { _, address in
      let context = try pki.clientContext(anonymous: true, verifying: false)
      let connection = try await HTTPConnection.connect(
        to: address, tls: context, group: group,
        verifyPeer: { peer in
          let peer = try #require(peer)
          #expect(!peer.verified && !peer.leafDER.isEmpty && peer.chainDER.count == 1)
        })
      await connection.close()
      await #expect(throws: NotEnrolled.self) {
        _ = try await HTTPConnection.connect(to: address, tls: context, group: group, verifyPeer: { _ in throw NotEnrolled() })
      }
    }
  }

  @Test func resumptionIsJudgedAgain() async throws {
    let pki = try TestPKI.shared.get()
    let enrolled = Mutex(true)
    let seen = Mutex<[PeerCertificates?]>([])
    let refusal = OneShot<any Error>()
    let verify: PeerVerifier = { peer in
      seen.withLock { $0.append(peer) }
      guard enrolled.withLock({ $0 }) else { throw NotEnrolled() }
    }
    try await withServer(
      tls: pki.serverContext(), verifyPeer: verify,
      observer: { event in
        if case .refused(_, let error) = event { refusal.resolve(.success(error)) }
      }, handler: mirror
    ) { _, address in
      let client = try pki.clientContext()
      for round in 0..<4 {
        let connection = try await HTTPConnection.connect(to: address, tls: client, group: group)
        #expect(connection.peer?.resumed == (round > 0))
        #expect(connection.peer?.verified == true)
        #expect(connection.peer?.leafDER.isEmpty == false)
        let response = try await connection.request(method: "GET", path: "/")
        #expect(response.status == 200)
        await connection.close()
      }
      let peers = seen.withLock { $0 }
      #expect(peers.map { $0?.resumed } == [false, true, true, true])
      #expect(peers.allSatisfy { $0?.verified == true && $0?.leafDER == peers.first??.leafDER })
      enrolled.withLock { $0 = false }
      let error = await #expect(throws: TransportError.self) {
        _ = try await HTTPConnection.connect(to: address, tls: client, group: group)
      }
      #expect(error?.kind == .connectionClosed)
      #expect(seen.withLock { $0.last??.resumed } == true)
      #expect(try await refusal.get() is NotEnrolled)
    }
  }

  @Test func replacedContextVoidsTickets() async throws {
    let pki = try TestPKI.shared.get()
    try await withServer(tls: pki.serverContext(), handler: mirror) { server, address in
      let client = try pki.clientContext()
      for expected in [false, true] {
        let connection = try await HTTPConnection.connect(to: address, tls: client, group: group)
        _ = try await connection.request(method: "GET", path: "/")
        #expect(connection.peer?.resumed == expected)
        await connection.close()
      }
      server.replace(tls: try pki.serverContext())
      let connection = try await HTTPConnection.connect(to: address, tls: client, group: group)
      #expect(connection.peer?.resumed == false)
      await connection.close()
    }
  }

  @Test func materialIsChecked() throws {
    let pki = try TestPKI.shared.get()
    func failure(_ body: () throws -> TLSContext) -> TransportError.Kind? {
      do { _ = try body() } catch { return (error as? TransportError)?.kind }
      return nil
    }
    let junk = [UInt8]("no PEM at all".utf8)
    let broken = Array(pki.anchors.dropLast(80))
    #expect(failure { try .server(certificateChainPEM: junk, privateKeyPEM: pki.server.key, trustAnchorsPEM: pki.anchors, clientCertificates: .none) } == .tlsFailed)
    #expect(failure { try .server(certificateChainPEM: pki.server.certificate, privateKeyPEM: pki.client.key, trustAnchorsPEM: pki.anchors, clientCertificates: .none) } == .tlsFailed)
    #expect(failure { try .client(certificateChainPEM: nil, privateKeyPEM: nil, trustAnchorsPEM: broken) } == .tlsFailed)
    #expect(failure { try .client(certificateChainPEM: nil, privateKeyPEM: nil, trustAnchorsPEM: []) } == .tlsFailed)
    #expect(failure { try .client(certificateChainPEM: pki.client.certificate, privateKeyPEM: nil, trustAnchorsPEM: nil) } == .tlsFailed)
    #expect(drainOpenSSLErrors().isEmpty)
  }
}
