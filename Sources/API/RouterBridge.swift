import Hummingbird
import Logging
import NIOCore
import NodeRuntime
import Transport

/// Where a request comes from: our own server, no channel.
struct DoorSource: RequestContextSource {
    let logger: Logger
    let head: HTTPHead
}

/// Carries the head as our server read it. `id` must stay unused: it wants a logger key nobody sets here.
struct DoorContext: RequestContext {
    typealias Source = DoorSource
    var coreContext: CoreRequestContextStorage
    let head: HTTPHead

    init(source: DoorSource) {
        coreContext = .init(source: source)
        head = source.head
    }
}

/// Hummingbird's router between our own server's request and response writer.
///
/// Handlers behind it must never use `consumeWithCancellationOnInboundClose`: it stops the process with a body
/// that is not Hummingbird's own. Our server cancels the handler's task instead.
enum RouterBridge {
    static func answer(
        _ inbound: InboundRequest, with writer: any ResponseWriter, responder: RouterResponder<DoorContext>, logger: Logger
    ) async throws {
        guard let method = HTTPRequest.Method(inbound.head.method) else {
            try await writer.sendHead(status: 400, headers: [("content-length", "0")])
            return try await writer.finish()
        }
        let request = Request(
            head: HTTPRequest(method: method, scheme: nil, authority: nil, path: inbound.head.path),
            body: RequestBody(asyncSequence: inbound.body))
        let context = DoorContext(source: DoorSource(logger: logger, head: inbound.head))
        let response = try await responder.respond(to: request, context: context)
        var headers = response.headers.map { ($0.name.rawName, $0.value) }
        if let length = response.body.contentLength, response.headers[.contentLength] == nil {
            headers.append(("content-length", String(length)))
        }
        try await writer.sendHead(status: response.status.code, headers: headers)
        if inbound.head.method == "HEAD" { return try await writer.finish() }
        try await response.body.write(BridgeWriter(writer: writer))
    }
}

/// Hummingbird's writer over ours; trailers have no use here.
private struct BridgeWriter: ResponseBodyWriter {
    let writer: any ResponseWriter

    mutating func write(_ buffer: ByteBuffer) async throws { try await writer.write(buffer) }
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws { try await writer.finish() }
}
