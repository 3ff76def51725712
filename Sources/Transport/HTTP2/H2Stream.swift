import NIOCore

/// One HTTP/2 stream as its connection sees it. Confined to the event loop;
/// the two pipes are what other threads hold.
final class H2Stream {
  let id: Int32
  let inbound: InboundPipe
  let outbound: OutboundPipe
  /// A client's response head.
  let response: OneShot<HTTPResponseHead>?

  /// Fields of the head being received.
  var fields: [(name: String, value: String)] = []
  var pseudo = PseudoFields()
  var fieldBytes = 0
  var fieldsTooLarge = false

  /// A server: the handler was started. A client: the final head has arrived.
  var headReceived = false
  /// A server: the handler has sent its head.
  var headSent = false
  /// HEAD: whatever the handler writes is dropped.
  var dropsBody = false
  /// nghttp2 asked for bytes when there were none and waits to be resumed.
  var deferred = false
  var localEnded = false
  var remoteEnded = false
  var handlerDone = false
  /// Why this side reset the stream.
  var failure: TransportError?
  var handler: Task<Void, Never>?
  var deadline: Scheduled<Void>?

  struct PseudoFields {
    var method = ""
    var path = ""
    var authority = ""
    var status = 0
  }

  init(id: Int32, inbound: InboundPipe, outbound: OutboundPipe, response: OneShot<HTTPResponseHead>?) {
    self.id = id
    self.inbound = inbound
    self.outbound = outbound
    self.response = response
  }

  func beginFields() {
    fields = []
    pseudo = PseudoFields()
    fieldBytes = 0
  }

  func add(name: String, value: String, limit: Int) {
    fieldBytes += name.utf8.count + value.utf8.count + 32
    guard fieldBytes <= limit else {
      fieldsTooLarge = true
      return
    }
    guard name.utf8.first == 0x3A else { return fields.append((name, value)) }
    switch name {
    case ":method": pseudo.method = value
    case ":path": pseudo.path = value
    case ":authority": pseudo.authority = value
    case ":status": pseudo.status = Int(value) ?? 0
    default: break  // :scheme
    }
  }

  /// Ends everything that waits on this stream. Writers come first: who reads
  /// the end must not be able to write any more.
  func end(_ error: TransportError) {
    deadline?.cancel()
    outbound.fail(error)
    response?.resolve(.failure(error))
    inbound.fail(error)
  }
}
