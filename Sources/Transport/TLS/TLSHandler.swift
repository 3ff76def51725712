import NIOCore

/// TLS in a channel pipeline: ciphertext outside, plaintext inside.
///
/// Sends `TLSEstablished` up when the handshake is done. On failure the alert
/// leaves first and the rest of the peer's bytes is read and dropped for a
/// moment: closing with unread bytes would make the kernel send a reset, and
/// the peer would lose the alert that tells it why.
final class TLSHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private static let readSize = 64 * 1024
  private static let linger = TimeAmount.seconds(1)

  private let session: TLSSession
  private var state = State.handshaking
  private var lingering: Scheduled<Void>?

  private enum State { case handshaking, open, failed, closed }

  init(session: TLSSession) {
    self.session = session
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { advance(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    context.fireChannelActive()
    advance(context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    lingering?.cancel()
    if state == .handshaking {
      context.fireErrorCaught(
        TransportError(.tlsFailed, "The peer closed the connection during the TLS handshake", hint: "it may not speak TLS"))
    }
    state = .closed
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard state == .handshaking || state == .open else { return }
    session.receiving(unwrapInboundIn(data)) {
      if state == .handshaking { advance(context) }
      if state == .open { readAll(context) }
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard state == .open else {
      promise?.fail(TransportError.closed())
      return
    }
    do {
      context.write(wrapOutboundOut(try session.encrypt(unwrapOutboundIn(data))), promise: promise)
    } catch {
      promise?.fail(error)
      fail(context, error)
    }
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    if mode == .all, state == .open {
      state = .closed
      session.close()
      sendPending(context)
    }
    context.close(mode: mode, promise: promise)
  }

  private func advance(_ context: ChannelHandlerContext) {
    do {
      let done = try session.handshake()
      sendPending(context)
      guard done else { return }
      let peer = try session.verdict()
      state = .open
      context.fireUserInboundEventTriggered(TLSEstablished(peer: peer))
    } catch {
      fail(context, error)
    }
  }

  private func readAll(_ context: ChannelHandlerContext) {
    do {
      while state == .open {
        switch try session.read(limit: Self.readSize) {
        case .some(let plain): context.fireChannelRead(wrapInboundOut(plain))
        case .wantMore:
          // A key update is answered from within reading.
          return sendPending(context)
        case .closed: return context.close(mode: .all, promise: nil)
        }
      }
    } catch {
      fail(context, error)
    }
  }

  private func sendPending(_ context: ChannelHandlerContext) {
    if let bytes = session.drain() { context.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }
  }

  private func fail(_ context: ChannelHandlerContext, _ error: any Error) {
    guard state == .handshaking || state == .open else { return }
    state = .failed
    sendPending(context)
    context.fireErrorCaught(error)
    guard context.channel.isActive else { return }
    if session.context.role == .client {
      context.close(mode: .all, promise: nil)
      return
    }
    context.close(mode: .output, promise: nil)
    lingering = context.eventLoop.assumeIsolated().scheduleTask(in: Self.linger) {
      context.close(mode: .all, promise: nil)
    }
  }
}
