import NIOCore

/// One HTTP/2 connection, either side, as the last handler of its channel:
/// moves bytes between the channel and the session, keeps time, and ends
/// everything when the connection ends. Confined to its event loop; other
/// threads reach it through `ConnectionRef`.
final class H2Connection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum Side {
    case server(ServerCore)
    case client(ClientCore)
  }

  private enum Drain { case no, announced, final }

  /// A server that has said good-bye lets the client close first, so long.
  private static let linger = TimeAmount.seconds(1)

  let side: Side
  let limits: HTTPLimits
  let id: UInt64
  let remoteAddress: String
  let isOverTLS: Bool
  /// Without TLS: the peer is trusted because the socket is (Unix sockets).
  private let trustedPlain: Bool

  var session: H2Session?
  private(set) var streams: [Int32: H2Stream] = [:]
  /// The stream asked for last: one head alone asks a dozen times.
  private var recent: H2Stream?
  var peer: PeerCertificates?
  /// The peer, or this side, has begun to shut down.
  var goingAway = false
  private(set) var failure: (any Error)?
  private(set) var isReady = false

  private(set) var context: ChannelHandlerContext?
  /// For other threads; nil before the first and after the last event.
  private(set) var reference: ConnectionRef?
  private var executor: LoopTaskExecutor?
  private var flushScheduled = false
  private var flushing = false
  private var closing = false
  private var drain = Drain.no
  private var handshakeTimer: Scheduled<Void>?
  private var keepAlive: KeepAlive?
  private var lingerTimer: Scheduled<Void>?

  init(side: Side, limits: HTTPLimits, id: UInt64, remoteAddress: String, overTLS: Bool, trustedPlain: Bool) {
    self.side = side
    self.limits = limits
    self.id = id
    self.remoteAddress = remoteAddress
    isOverTLS = overTLS
    self.trustedPlain = trustedPlain
  }

  // MARK: Channel events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    reference = ConnectionRef(self, loop: context.eventLoop)
    if context.channel.isActive { begin(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    begin(context)
    context.fireChannelActive()
  }

  private func begin(_ context: ChannelHandlerContext) {
    guard handshakeTimer == nil else { return }
    handshakeTimer = context.eventLoop.assumeIsolated().scheduleTask(in: limits.handshakeTimeout.timeAmount) { [self] in
      close(
        TransportError(
          .timedOut, "No HTTP/2 connection within \(limits.handshakeTimeout)",
          hint: "the peer is silent, overloaded, or does not speak HTTP/2"))
    }
    if !isOverTLS { start(peer: nil) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let established = event as? TLSEstablished else { return context.fireUserInboundEventTriggered(event) }
    do {
      switch side {
      case .server(let core): try core.verifyPeer?(established.peer)
      case .client(let core): try core.verifyPeer?(established.peer)
      }
      start(peer: established.peer)
    } catch {
      close(error)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let session else { return }
    keepAlive?.heard()
    let bytes = unwrapInboundIn(data)
    taskExecutor(context.eventLoop).gather {
      do {
        try session.receive(bytes)
      } catch {
        // Whatever nghttp2 has to say about it leaves before the close.
        flush()
        close(error)
      }
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    flush()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { flush() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // The TLS handler closes by itself, when its alert has left.
    if error is TransportError {
      if failure == nil { failure = error }
    } else {
      close(TransportError.closed("The connection was lost: \(error)"))
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    tearDown()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    tearDown()
  }

  /// Runs this connection's handlers on its own loop.
  func taskExecutor(_ loop: any EventLoop) -> LoopTaskExecutor {
    if let executor { return executor }
    let made = LoopTaskExecutor(loop)
    executor = made
    return made
  }

  // MARK: Streams

  func stream(_ id: Int32) -> H2Stream? {
    if let recent, recent.id == id { return recent }
    guard let found = streams[id] else { return nil }
    recent = found
    return found
  }

  func keep(_ stream: H2Stream) {
    streams[stream.id] = stream
    recent = stream
  }

  func drop(_ id: Int32) -> H2Stream? {
    if recent?.id == id { recent = nil }
    return streams.removeValue(forKey: id)
  }

  // MARK: Life

  private func start(peer: PeerCertificates?) {
    guard session == nil, failure == nil else { return }
    self.peer = peer
    do {
      let role: H2Session.Role
      switch side {
      case .server: role = .server
      case .client: role = .client
      }
      session = try H2Session(
        role: role, limits: limits, trusted: isOverTLS ? peer?.verified == true : trustedPlain, owner: self)
      flush()
    } catch {
      close(error)
    }
  }

  /// The peer's SETTINGS are here: TLS is judged on both sides, HTTP/2 is spoken.
  func settingsReceived() {
    guard !isReady, let context else { return }
    isReady = true
    handshakeTimer?.cancel()
    keepAlive = KeepAlive(limits: limits, loop: context.eventLoop) { [self] in
      session?.ping()
      flush()
    } lost: { [self] in
      close(
        TransportError(
          .timedOut, "The peer was silent for \(limits.pingInterval * limits.maxMissedPings)",
          hint: "the peer or the network between has failed"))
    }
    switch side {
    case .server(let core): core.established(self)
    case .client(let core): if let reference { core.ready.resolve(.success(reference)) }
    }
  }

  /// Ends the connection now; the first reason given is the one reported.
  func close(_ error: any Error) {
    if failure == nil { failure = error }
    guard !closing else { return }
    closing = true
    context?.close(promise: nil)
  }

  private func tearDown() {
    guard context != nil else { return }
    self.context = nil
    reference = nil
    handshakeTimer?.cancel()
    keepAlive?.stop()
    keepAlive = nil
    lingerTimer?.cancel()
    session = nil
    let reason = failure ?? TransportError.closed(isReady ? "The peer closed the connection" : Self.earlyClose)
    let error = reason as? TransportError ?? .closed("The connection was closed: \(reason)")
    let open = streams
    streams = [:]
    recent = nil
    for stream in open.values.sorted(by: { $0.id < $1.id }) {
      stream.end(stream.failure ?? error)
      stream.handler?.cancel()
    }
    switch side {
    case .server(let core): core.closed(self, reason: failure)
    case .client(let core): core.ended(reason)
    }
  }

  private static let earlyClose =
    "The peer closed the connection before HTTP/2 began; it may not accept this side's certificate"

  // MARK: Sending

  /// Flushes once at the end of this loop tick, so that what is submitted together leaves together.
  func scheduleFlush() {
    guard !flushScheduled, let context else { return }
    flushScheduled = true
    context.eventLoop.assumeIsolated().execute { [self] in
      flushScheduled = false
      flush()
    }
  }

  private func flush() {
    guard !flushing, let session, let context else { return }
    flushing = true
    defer { flushing = false }
    do {
      while context.channel.isWritable, !closing {
        let bytes = try session.pull()
        guard bytes.readableBytes > 0 else { break }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        // Less than was asked for: nothing is left.
        if bytes.readableBytes < H2Session.pullSize { break }
      }
    } catch {
      close(error)
    }
    if !closing, session.isDone { finishClosing(context) }
  }

  /// All is said. The client closes at once. The server waits for that a moment:
  /// were it to close with unread bytes in the kernel, the kernel would send a
  /// reset and the client could lose the last response.
  private func finishClosing(_ context: ChannelHandlerContext) {
    switch side {
    case .client: close(failure ?? TransportError(.goingAway(retryable: true), "The connection was shut down"))
    case .server:
      guard lingerTimer == nil else { return }
      lingerTimer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.linger) { [self] in
        close(TransportError.closed("The connection was shut down"))
      }
    }
  }

  // MARK: Shutdown

  /// Ends gracefully: no new streams, running ones finish.
  func beginDrain() {
    guard drain == .no else { return }
    drain = .announced
    goingAway = true
    guard isReady, let session else {
      return close(TransportError(.goingAway(retryable: true), "The server is shutting down"))
    }
    session.announceShutdown()
    // Its answer is the round trip after which the final GOAWAY can go.
    session.ping()
    scheduleFlush()
  }

  /// Ends at once, with a good-bye.
  func terminate(_ reason: TransportError) {
    if failure == nil { failure = reason }
    session?.terminate()
    flush()
    close(reason)
  }

  func pingAnswered() {
    guard drain == .announced, let session else { return }
    drain = .final
    session.goAway()
  }
}
