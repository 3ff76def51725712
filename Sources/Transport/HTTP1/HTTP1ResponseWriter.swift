import NIOCore
import NIOHTTP1
import Synchronization

/// One request and its response on an HTTP/1 connection. Confined to the event loop.
final class HTTP1Exchange {
  let writer: HTTP1ResponseWriter
  let headOnly: Bool
  var headSent = false
  var task: Task<Void, Never>?
  var gate: WriteGate { writer.gate }

  init(loop: any EventLoop, handler: NIOLoopBound<HTTP1Handler>, headOnly: Bool) {
    writer = HTTP1ResponseWriter(loop: loop, handler: handler)
    self.headOnly = headOnly
  }

  func end(_ error: TransportError) {
    gate.fail(error)
    task?.cancel()
  }
}

/// Answers on an HTTP/1 connection; a body without Content-Length goes out in chunks.
final class HTTP1ResponseWriter: ResponseWriter {
  let loop: any EventLoop
  let gate = WriteGate()
  private let handler: NIOLoopBound<HTTP1Handler>

  init(loop: any EventLoop, handler: NIOLoopBound<HTTP1Handler>) {
    self.loop = loop
    self.handler = handler
  }

  func sendHead(status: Int, headers: [(String, String)]) async throws {
    guard (200...599).contains(status) else {
      throw TransportError(.protocolError, "\(status) is not a final response status", hint: "use 200 … 599")
    }
    let fields = HTTPHeaders(try FieldRules.checked(headers))
    try await onLoop { handler, exchange in
      guard !exchange.headSent else {
        throw TransportError(.protocolError, "A response head was sent twice", hint: "call sendHead once")
      }
      exchange.headSent = true
      handler.send(head: HTTPResponseStatus(statusCode: status), headers: fields)
      // An event stream's head must not wait for its first event.
      handler.scheduleFlush()
    }
  }

  func write(_ buffer: ByteBuffer) async throws {
    try await onLoop { handler, exchange in
      guard exchange.headSent else {
        throw TransportError(.protocolError, "A body was written before its head", hint: "call sendHead first")
      }
      if !exchange.headOnly, buffer.readableBytes > 0 { handler.send(body: buffer) }
    }
    try await gate.pass()
  }

  func finish() async throws {
    try await onLoop { handler, exchange in
      guard exchange.headSent else {
        throw TransportError(.protocolError, "A body was ended before its head", hint: "call sendHead first")
      }
      handler.sendEnd()
    }
  }

  private func onLoop(_ body: @escaping @Sendable (HTTP1Handler, HTTP1Exchange) throws -> Void) async throws {
    let work: @Sendable () throws -> Void = { [self] in
      guard let exchange = handler.value.exchange(of: self) else {
        throw TransportError.closed("The response is over or its connection closed")
      }
      try body(handler.value, exchange)
    }
    if loop.inEventLoop { try work() } else { try await loop.submit(work).get() }
  }
}

/// Open while the channel takes more bytes; writers wait at it.
final class WriteGate: Sendable {
  private struct State {
    var isOpen = true
    var failure: TransportError?
    var next = OneShot<Void>()
  }

  private let state = Mutex(State())

  func open() {
    let next = state.withLock { state in
      state.isOpen = true
      defer { state.next = OneShot() }
      return state.next
    }
    next.resolve(.success(()))
  }

  func shut() {
    state.withLock { $0.isOpen = false }
  }

  func fail(_ error: TransportError) {
    let next = state.withLock { state in
      state.failure = error
      return state.next
    }
    next.resolve(.failure(error))
  }

  func pass() async throws {
    while true {
      let next = try state.withLock { state -> OneShot<Void>? in
        if let failure = state.failure { throw failure }
        return state.isOpen ? nil : state.next
      }
      guard let next else { return }
      try await next.get()
    }
  }
}
