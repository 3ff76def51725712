import CNghttp2
import NIOCore

/// What nghttp2 calls while it parses and sends. All of it runs inside
/// `H2Session.receive` or `.pull`, on the event loop; frames may be submitted
/// from here, but nothing may be pulled.
nonisolated(unsafe) let h2Callbacks: OpaquePointer? = {
  var callbacks: OpaquePointer?
  guard unsafe nghttp2_session_callbacks_new(&callbacks) == 0 else { return nil }
  unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, user in
    guard let frame = unsafe frame, let session = unsafe session(user) else { return 0 }
    unsafe session.owner.headersBegin(stream: frame.pointee.hd.stream_id)
    return 0
  }
  unsafe nghttp2_session_callbacks_set_on_header_callback(callbacks) { _, frame, name, nameCount, value, valueCount, _, user in
    guard let frame = unsafe frame, let session = unsafe session(user) else { return 0 }
    let name = unsafe String(decoding: UnsafeBufferPointer(start: name, count: nameCount), as: UTF8.self)
    let value = unsafe String(decoding: UnsafeBufferPointer(start: value, count: valueCount), as: UTF8.self)
    unsafe session.owner.header(stream: frame.pointee.hd.stream_id, name: name, value: value)
    return 0
  }
  unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
    guard let frame = unsafe frame, let session = unsafe session(user) else { return 0 }
    unsafe received(frame, session)
    return 0
  }
  unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, stream, data, count, user in
    guard let session = unsafe session(user), let data = unsafe data else { return 0 }
    session.consumedConnection(count)
    unsafe session.owner.data(stream: stream, session.chunk(at: data, count: count))
    return 0
  }
  unsafe nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, code, user in
    unsafe session(user)?.owner.streamClosed(stream, code: code)
    return 0
  }
  unsafe nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { _, frame, user in
    guard let frame = unsafe frame, let session = unsafe session(user) else { return 0 }
    let header = unsafe frame.pointee.hd
    let ends = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
    let type = UInt32(header.type)
    if ends, type == NGHTTP2_DATA.rawValue || type == NGHTTP2_HEADERS.rawValue {
      session.owner.localEnded(stream: header.stream_id)
    }
    return 0
  }
  unsafe nghttp2_session_callbacks_set_send_data_callback(callbacks) { _, frame, head, count, _, user in
    guard let frame = unsafe frame, let head = unsafe head, let session = unsafe session(user) else {
      return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue
    }
    // Enough gathered: nghttp2 asks again at the next pull.
    if session.output.readableBytes >= H2Session.pullSize { return NGHTTP2_ERR_WOULDBLOCK.rawValue }
    if session.output.writableBytes < count + 9 {
      session.output.reserveCapacity(
        minimumWritableBytes: count < 4096 ? count + 64 : H2Session.pullSize + 17 * 1024 - session.output.readableBytes)
    }
    let mark = session.output.writerIndex
    unsafe session.output.writeBytes(UnsafeBufferPointer(start: head, count: 9))
    if unsafe session.owner.take(stream: frame.pointee.hd.stream_id, count, into: &session.output) { return 0 }
    session.output.moveWriterIndex(to: mark)
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
  }
  return unsafe callbacks
}()

private func session(_ user: UnsafeMutableRawPointer?) -> H2Session? {
  unsafe user.map { unsafe Unmanaged<H2Session>.fromOpaque($0).takeUnretainedValue() }
}

private func received(_ frame: UnsafePointer<nghttp2_frame>, _ session: H2Session) {
  let header = unsafe frame.pointee.hd
  let stream = header.stream_id
  let ends = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
  let acknowledges = header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0
  switch UInt32(header.type) {
  case NGHTTP2_HEADERS.rawValue:
    session.owner.headersEnd(stream: stream)
    if ends { session.owner.remoteEnded(stream: stream) }
  case NGHTTP2_DATA.rawValue:
    if ends { session.owner.remoteEnded(stream: stream) }
  case NGHTTP2_SETTINGS.rawValue:
    if !acknowledges { session.owner.settingsReceived() }
  case NGHTTP2_PING.rawValue:
    if acknowledges { session.owner.pingAnswered() }
  case NGHTTP2_GOAWAY.rawValue:
    unsafe session.owner.goAwayReceived(code: frame.pointee.goaway.error_code)
  default: break
  }
}

/// Bodies are pulled from the stream's pipe; the bytes themselves move later,
/// in the send-data callback, straight into the output buffer.
func h2DataProvider() -> nghttp2_data_provider {
  unsafe nghttp2_data_provider(source: nghttp2_data_source()) { _, stream, _, limit, flags, _, user in
    guard let session = unsafe session(user) else { return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue) }
    switch session.owner.offer(stream: stream, limit: limit) {
    case .nothing: return Int(NGHTTP2_ERR_DEFERRED.rawValue)
    case .failed: return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    case .bytes(let count, let last):
      unsafe flags?.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
      if last { unsafe flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
      return count
    }
  }
}
