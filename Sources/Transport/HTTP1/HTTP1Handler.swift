import NIOCore
import NIOHTTP1

/// One HTTP/1.1 connection: one request at a time (the pipeline handler before
/// this one holds back the next until the response is complete).
final class HTTP1Handler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// Bytes of a request's head, and of its body.
  static let limit = 64 * 1024

  private let core: HTTP1Core
  private let id: UInt64
  private var executor: LoopTaskExecutor?
  private var context: ChannelHandlerContext?
  private var idle: Scheduled<Void>?
  private var current: HTTP1Exchange?
  private var pending: HTTPRequestHead?
  private var bodyBytes = 0
  private var closeAfter = false

  init(core: HTTP1Core, id: UInt64) {
    self.core = core
    self.id = id
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    armIdle()
  }

  func channelInactive(context: ChannelHandlerContext) {
    idle?.cancel()
    current?.end(.closed("The client closed the connection"))
    current = nil
    self.context = nil
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // The protocol error handler has answered 400 if it could.
    context.close(promise: nil)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { current?.gate.open() } else { current?.gate.shut() }
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
    closeAfter = true
    if current == nil, pending == nil { context.close(promise: nil) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      idle?.cancel()
      pending = head
      bodyBytes = 0
    case .body where pending == nil: break  // refused already
    case .body(let bytes):
      bodyBytes += bytes.readableBytes
      if bodyBytes > Self.limit { refuse(.payloadTooLarge, close: true) }
    case .end:
      guard let head = pending else { return }
      pending = nil
      dispatch(head, context)
    }
  }

  private func dispatch(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    if !head.isKeepAlive { closeAfter = true }
    let hosts = head.headers["host"]
    guard hosts.count == 1, let host = hosts.first, LoopbackHost.accepts(host) else {
      return refuse(.misdirectedRequest, close: true)
    }
    guard head.method == .GET || head.method == .HEAD else { return refuse(.methodNotAllowed, close: closeAfter) }
    guard head.uri.hasPrefix("/") else { return refuse(.badRequest, close: true) }
    let request = InboundRequest(
      head: HTTPHead(
        method: head.method.rawValue, path: head.uri, headers: head.headers.map { ($0.name.lowercased(), $0.value) },
        authority: host),
      body: BodyStream(bytes: []), peer: nil, remoteAddress: context.channel.remoteAddress?.ipAddress ?? "unix",
      connectionID: id)
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    let exchange = HTTP1Exchange(loop: context.eventLoop, handler: bound, headOnly: head.method == .HEAD)
    if !context.channel.isWritable { exchange.gate.shut() }
    current = exchange
    let executor = self.executor ?? LoopTaskExecutor(context.eventLoop)
    self.executor = executor
    exchange.task = Task(executorPreference: executor) { [handler = core.handler, writer = exchange.writer] in
      do { try await handler(request, writer) } catch {}
      // The task runs on the loop, but says so only to the executor.
      writer.loop.execute { bound.value.handlerDone(exchange: writer) }
    }
  }

  private func refuse(_ status: HTTPResponseStatus, close: Bool) {
    pending = nil
    closeAfter = closeAfter || close
    var headers = HTTPHeaders([("content-length", "0")])
    if status == .methodNotAllowed { headers.add(name: "allow", value: "GET, HEAD") }
    send(head: status, headers: headers)
    sendEnd()
  }

  // MARK: Orders of the writer

  func send(head status: HTTPResponseStatus, headers: HTTPHeaders) {
    var headers = headers
    if closeAfter { headers.replaceOrAdd(name: "connection", value: "close") }
    let head = NIOHTTP1.HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    context?.write(wrapOutboundOut(.head(head)), promise: nil)
  }

  func send(body: ByteBuffer) {
    context?.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
  }

  func sendEnd() {
    guard let context else { return }
    current = nil
    let closing = closeAfter
    let promise = closing ? context.eventLoop.makePromise(of: Void.self) : nil
    promise?.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
    if !closing { armIdle() }
  }

  func scheduleFlush() {
    context?.eventLoop.assumeIsolated().execute { [weak self] in self?.context?.flush() }
  }

  private func handlerDone(exchange writer: HTTP1ResponseWriter) {
    guard let current, current.writer === writer else { return }
    if current.headSent {
      // Cut off: without the last chunk the client sees that it is not whole.
      context?.close(promise: nil)
    } else {
      refuse(.internalServerError, close: false)
    }
  }

  /// The exchange `writer` belongs to, if it is still going on.
  func exchange(of writer: HTTP1ResponseWriter) -> HTTP1Exchange? {
    current?.writer === writer ? current : nil
  }

  private func armIdle() {
    idle?.cancel()
    idle = context?.eventLoop.assumeIsolated().scheduleTask(in: core.idleTimeout.timeAmount) { [weak self] in
      self?.context?.close(promise: nil)
    }
  }
}
