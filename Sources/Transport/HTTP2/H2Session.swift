import CNghttp2
import NIOCore

/// One nghttp2 session: framing, header compression, flow control. It does no
/// I/O: bytes go in through `receive` and come out of `pull`. Confined to its
/// event loop; reports to its owner through `H2Callbacks`.
@safe final class H2Session {
  enum Role { case server, client }

  /// How much one `pull` gathers: one system call, four TLS records.
  static let pullSize = 64 * 1024

  let role: Role
  /// Outlives this session, and lets it go before it goes itself.
  private unowned(unsafe) let connection: H2Connection
  var owner: H2Connection { unsafe connection }
  private let raw: OpaquePointer
  /// What `pull` is gathering; DATA payloads are written here straight from the pipes.
  var output = ByteBuffer()
  /// What `receive` is parsing, so that DATA chunks can be slices of it.
  private var feeding = ByteBuffer()
  private var feedingBase: UnsafeRawPointer?

  /// - Parameter trusted: the peer proved who it is; it may reset many streams.
  init(role: Role, limits: HTTPLimits, trusted: Bool, owner: H2Connection) throws {
    self.role = role
    unsafe connection = owner
    var option: OpaquePointer?
    unsafe nghttp2_option_new(&option)
    defer { unsafe nghttp2_option_del(option) }
    // The window of a stream opens only as its reader takes bytes.
    unsafe nghttp2_option_set_no_auto_window_update(option, 1)
    unsafe nghttp2_option_set_no_closed_streams(option, 1)
    if trusted {
      unsafe nghttp2_option_set_stream_reset_rate_limit(option, limits.verifiedResetBurst, limits.verifiedResetRate)
    }
    var session: OpaquePointer?
    let code: Int32
    switch role {
    case .server: code = unsafe nghttp2_session_server_new2(&session, h2Callbacks, nil, option)
    case .client: code = unsafe nghttp2_session_client_new2(&session, h2Callbacks, nil, option)
    }
    guard code == 0, let session = unsafe session else { throw h2Failure("No HTTP/2 session", code: Int(code)) }
    unsafe raw = session
    unsafe nghttp2_session_set_user_data(session, Unmanaged.passUnretained(self).toOpaque())
    try submitSettings(limits)
  }

  deinit {
    unsafe nghttp2_session_del(raw)
  }

  private func submitSettings(_ limits: HTTPLimits) throws {
    var entries = [
      entry(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.maxConcurrentStreams),
      entry(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.streamWindow),
      entry(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits.maxHeaderListBytes),
    ]
    if role == .client { entries.append(entry(NGHTTP2_SETTINGS_ENABLE_PUSH, 0)) }
    let none = UInt8(NGHTTP2_FLAG_NONE.rawValue)
    try check(unsafe nghttp2_submit_settings(raw, none, entries, entries.count), "Settings were refused")
    try check(
      unsafe nghttp2_session_set_local_window_size(raw, none, 0, Int32(clamping: limits.connectionWindow)),
      "The connection window was refused")
  }

  private func entry(_ id: nghttp2_settings_id, _ value: Int) -> nghttp2_settings_entry {
    nghttp2_settings_entry(settings_id: Int32(id.rawValue), value: UInt32(clamping: value))
  }

  // MARK: Bytes

  /// Parses received bytes. After a throw, `pull` still has a GOAWAY for the peer.
  func receive(_ buffer: ByteBuffer) throws {
    feeding = buffer
    defer {
      unsafe feedingBase = nil
      feeding = ByteBuffer()
    }
    let result = unsafe buffer.withUnsafeReadableBytes { bytes in
      unsafe feedingBase = bytes.baseAddress
      return unsafe nghttp2_session_mem_recv(raw, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
    if result < 0 { throw h2Failure("The peer did not speak proper HTTP/2", code: result) }
  }

  /// The DATA chunk at `start`, as a slice of the buffer being parsed.
  func chunk(at start: UnsafePointer<UInt8>, count: Int) -> ByteBuffer {
    if let base = unsafe feedingBase {
      let offset = unsafe UnsafeRawPointer(start) - base
      if offset >= 0, let slice = feeding.getSlice(at: feeding.readerIndex + offset, length: count) { return slice }
    }
    return unsafe ByteBuffer(bytes: UnsafeBufferPointer(start: start, count: count))
  }

  /// The next bytes to send; empty if there are none now. Never call it from a callback.
  func pull() throws -> ByteBuffer {
    output = ByteBufferAllocator().buffer(capacity: 4096)
    defer { output = ByteBuffer() }
    while output.readableBytes < Self.pullSize {
      var bytes: UnsafePointer<UInt8>?
      let count = unsafe nghttp2_session_mem_send(raw, &bytes)
      if count < 0 { throw h2Failure("HTTP/2 frames could not be made", code: count) }
      guard count > 0, let start = unsafe bytes else { break }
      unsafe output.writeBytes(UnsafeBufferPointer(start: start, count: count))
    }
    return output
  }

  /// Nothing more will come or go: the connection can be closed.
  var isDone: Bool {
    unsafe nghttp2_session_want_read(raw) == 0 && nghttp2_session_want_write(raw) == 0
  }

  // MARK: Frames

  /// Opens a stream; its body, if any, is pulled from the owner's pipe.
  func submitRequest(_ fields: FieldBlock, hasBody: Bool) throws -> Int32 {
    var fields = fields
    let id = unsafe fields.withList { list, count in
      guard hasBody else { return unsafe nghttp2_submit_request(raw, nil, list, count, nil, nil) }
      var provider = unsafe h2DataProvider()
      return unsafe nghttp2_submit_request(raw, nil, list, count, &provider, nil)
    }
    try check(id, "The request could not be sent")
    return id
  }

  func submitResponse(_ stream: Int32, _ fields: FieldBlock, hasBody: Bool) throws {
    var fields = fields
    let code = unsafe fields.withList { list, count in
      guard hasBody else { return unsafe nghttp2_submit_response(raw, stream, list, count, nil) }
      var provider = unsafe h2DataProvider()
      return unsafe nghttp2_submit_response(raw, stream, list, count, &provider)
    }
    try check(code, "The response could not be sent")
  }

  /// There is something to pull again for a stream that had nothing.
  func resume(_ stream: Int32) {
    unsafe nghttp2_session_resume_data(raw, stream)
  }

  /// The reader took bytes: open the stream's window.
  func consumed(_ stream: Int32, _ count: Int) {
    unsafe nghttp2_session_consume_stream(raw, stream, count)
  }

  /// Bytes arrived: open the connection's window at once, so that one slow
  /// stream cannot stop the others. What is unread is bounded per stream.
  func consumedConnection(_ count: Int) {
    unsafe nghttp2_session_consume_connection(raw, count)
  }

  func reset(_ stream: Int32, code: UInt32) {
    unsafe nghttp2_submit_rst_stream(raw, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream, code)
  }

  func ping() {
    unsafe nghttp2_submit_ping(raw, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil)
  }

  /// First half of a graceful end: asks for no new streams, still accepts those on their way.
  func announceShutdown() {
    unsafe nghttp2_submit_shutdown_notice(raw)
  }

  /// Second half, a round trip later: streams after the last one seen are refused.
  func goAway() {
    let last = unsafe nghttp2_session_get_last_proc_stream_id(raw)
    unsafe nghttp2_submit_goaway(raw, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, NGHTTP2_NO_ERROR.rawValue, nil, 0)
  }

  /// Says good-bye and gives up all streams.
  func terminate(code: UInt32 = 0) {
    unsafe nghttp2_session_terminate_session(raw, code)
  }

  // MARK: Helpers

  private func check(_ code: Int32, _ what: String) throws {
    if code < 0 { throw h2Failure(what, code: Int(code)) }
  }
}

func h2Failure(_ what: String, code: Int) -> TransportError {
  let reason = unsafe nghttp2_strerror(Int32(clamping: code)).map { unsafe String(cString: $0) } ?? "error \(code)"
  return TransportError(.protocolError, "\(what): \(reason)", hint: "is the other side an HTTP/2 node?")
}
