import COpenSSL
import Synchronization

/// One TLS 1.3 session ticket of a client.
@safe final class SessionTicket: @unchecked Sendable {
  // An SSL_SESSION is reference-counted and, once stored, only ever read.
  let raw: OpaquePointer

  /// Takes over one reference.
  init(_ raw: OpaquePointer) {
    unsafe self.raw = raw
  }

  deinit {
    unsafe SSL_SESSION_free(raw)
  }
}

/// A client's tickets, by server. Each is handed out once: a ticket used twice
/// would let an onlooker link the connections.
final class TicketStore: Sendable {
  private static let perServer = 4
  private static let servers = 256

  private let tickets = Mutex<[String: [SessionTicket]]>([:])

  func put(_ ticket: SessionTicket, server: String) {
    tickets.withLock { tickets in
      if tickets[server] == nil, tickets.count >= Self.servers { tickets.removeAll() }
      var list = tickets[server] ?? []
      if list.count >= Self.perServer { list.removeFirst() }
      list.append(ticket)
      tickets[server] = list
    }
  }

  func take(server: String) -> SessionTicket? {
    tickets.withLock { $0[server]?.popLast() }
  }

  func forget(server: String) {
    tickets.withLock { _ = $0.removeValue(forKey: server) }
  }
}
