import NIOCore

/// What the session's callbacks report, by stream.
extension H2Connection {
  func headersBegin(stream id: Int32) {
    if let known = stream(id) { return known.beginFields() }
    if case .server = side, let new = makeStream(id, response: nil) { keep(new) }
  }

  func header(stream id: Int32, name: String, value: String) {
    self.stream(id)?.add(name: name, value: value, limit: limits.maxHeaderListBytes)
  }

  func headersEnd(stream id: Int32) {
    guard let stream = stream(id), !stream.headReceived else { return }  // else trailers, which nobody needs
    switch side {
    case .server(let core):
      stream.headReceived = true
      core.dispatch(stream, on: self)
    case .client:
      if stream.fieldsTooLarge {
        return reset(
          id,
          TransportError(.protocolError, "A response head is larger than \(limits.maxHeaderListBytes) bytes"))
      }
      // 1xx heads announce; the response is still to come.
      guard stream.pseudo.status >= 200 else { return }
      stream.headReceived = true
      stream.response?.resolve(.success(HTTPResponseHead(status: stream.pseudo.status, headers: stream.fields)))
      stream.fields = []
    }
  }

  func data(stream id: Int32, _ chunk: ByteBuffer) {
    self.stream(id)?.inbound.push(chunk)
  }

  func remoteEnded(stream id: Int32) {
    guard let stream = stream(id) else { return }
    stream.remoteEnded = true
    stream.inbound.finish()
  }

  func localEnded(stream id: Int32) {
    guard let stream = stream(id) else { return }
    stream.localEnded = true
    stopUnreadBody(stream)
  }

  /// The stream's handler has returned.
  func handlerDone(stream id: Int32) {
    guard let stream = stream(id) else { return }
    stream.handlerDone = true
    if stream.localEnded { return stopUnreadBody(stream) }
    if stream.headSent {
      // A complete response may still be on its way; a cut one must not look complete.
      if !stream.outbound.isFinished { reset(id, .reset(H2Code.internalError), code: H2Code.internalError) }
      return
    }
    try? respond(id, status: 500, headers: [], body: false)
  }

  /// The response is out and nobody reads the rest of the request: the client may stop sending it.
  private func stopUnreadBody(_ stream: H2Stream) {
    guard case .server = side, stream.localEnded, stream.handlerDone, !stream.remoteEnded else { return }
    session?.reset(stream.id, code: H2Code.noError)
    scheduleFlush()
  }

  func streamClosed(_ id: Int32, code: UInt32) {
    guard let stream = drop(id) else { return }
    let whole = stream.localEnded && stream.remoteEnded
    let error: TransportError
    if whole, code == H2Code.noError {
      error = Self.complete
    } else if let failure = stream.failure {
      error = failure
    } else if code == H2Code.refusedStream, goingAway {
      error = TransportError(
        .goingAway(retryable: true), "The peer is shutting down and did not take the request",
        hint: "repeat it on a new connection")
    } else {
      error = .reset(code)
    }
    stream.end(error)
    if !whole || code != H2Code.noError { stream.handler?.cancel() }
  }

  /// Tells nobody anything: both directions had ended.
  private static let complete = TransportError.reset(H2Code.noError)

  func goAwayReceived(code: UInt32) {
    goingAway = true
    scheduleFlush()
  }

  // MARK: Bodies out

  func offer(stream id: Int32, limit: Int) -> OutboundPipe.Offer {
    guard let stream = stream(id) else { return .failed }
    let offer = stream.outbound.offer(limit: limit)
    if case .nothing = offer { stream.deferred = true }
    return offer
  }

  func take(stream id: Int32, _ count: Int, into buffer: inout ByteBuffer) -> Bool {
    self.stream(id)?.outbound.take(count, into: &buffer) ?? false
  }

  // MARK: Orders

  func makeStream(_ id: Int32, response: OneShot<HTTPResponseHead>?) -> H2Stream? {
    guard let ref = reference else { return nil }
    return H2Stream(
      id: id,
      inbound: InboundPipe(reportStep: min(32 * 1024, limits.streamWindow / 4)) { count in
        ref.post { connection in
          guard connection.stream(id) != nil else { return }
          connection.session?.consumed(id, count)
          connection.scheduleFlush()
        }
      },
      outbound: OutboundPipe(highWater: limits.writeHighWater, lowWater: limits.writeLowWater) {
        ref.post { $0.outboundSignalled(stream: id) }
      },
      response: response)
  }

  private func outboundSignalled(stream id: Int32) {
    guard let stream = stream(id) else { return }
    stream.outbound.signalSeen()
    guard stream.deferred else { return }
    stream.deferred = false
    session?.resume(id)
    scheduleFlush()
  }

  /// Sends a response head; `body`: DATA will follow from the stream's pipe.
  func respond(_ id: Int32, status: Int, headers: [(String, String)], body: Bool) throws {
    guard let stream = stream(id), let session else { throw TransportError.closed("The request's stream is closed") }
    guard !stream.headSent else {
      throw TransportError(.protocolError, "A response head was sent twice", hint: "call sendHead once")
    }
    guard (200...599).contains(status) else {
      throw TransportError(.protocolError, "\(status) is not a final response status", hint: "use 200 … 599")
    }
    var fields = FieldBlock(reserving: headers.count + 1)
    fields.add(":status", String(status))
    try fields.add(checking: headers)
    try session.submitResponse(id, fields, hasBody: body)
    stream.headSent = true
    if !body {
      stream.dropsBody = true
      try stream.outbound.finish()
    }
    scheduleFlush()
  }

  /// Gives a stream up from this side.
  func reset(_ id: Int32, _ reason: TransportError, code: UInt32 = H2Code.cancel) {
    guard let stream = stream(id) else { return }
    if stream.failure == nil { stream.failure = reason }
    stream.end(reason)
    session?.reset(id, code: code)
    scheduleFlush()
  }
}

/// The HTTP/2 error codes used here (RFC 9113, 7).
enum H2Code {
  static let noError: UInt32 = 0
  static let internalError: UInt32 = 2
  static let refusedStream: UInt32 = 7
  static let cancel: UInt32 = 8
}
