import Console
import Logging
import NIOCore
import NodeRuntime
import Transport

/// The read-only status page: `/`, `/style.css`, `/app.js`, `/status.json`, `/events` (server-sent, every two
/// seconds). GET and HEAD only; nothing here changes anything.
package func consoleHandler(service: NodeService, logger: Logger) -> RequestHandler {
    consoleHandler(logger: logger) { try await service.execute(StatusCommand()) }
}

/// - Parameter status: asked at most once in `lifetime`, whoever looks.
package func consoleHandler(
    interval: Duration = .seconds(2), lifetime: Duration = .seconds(1), logger: Logger, status: @escaping @Sendable () async throws -> StatusReport
) -> RequestHandler {
    let recent = RecentStatus(lifetime: lifetime, load: status)
    return { request, writer in
        let door = ConsoleDoor(writer: writer, recent: recent, interval: interval, logger: logger)
        try await door.answer(request.head)
    }
}

private struct ConsoleDoor {
    let writer: any ResponseWriter
    let recent: RecentStatus
    let interval: Duration
    let logger: Logger

    func answer(_ head: HTTPHead) async throws {
        guard head.method == "GET" || head.method == "HEAD" else {
            return try await send(405, "text/plain; charset=utf-8", "GET, HEAD\n", extra: [("allow", "GET, HEAD")])
        }
        let parts = head.path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let language = ConsoleLanguage(query: parts.count > 1 ? String(parts[1]) : "")
        switch parts.first.map(String.init) ?? "/" {
        case "/": try await page(language)
        case "/style.css": try await send(200, "text/css; charset=utf-8", ConsoleAssets.style)
        case "/app.js": try await send(200, "text/javascript; charset=utf-8", ConsoleAssets.script)
        case "/status.json": try await json()
        case "/events": head.method == "HEAD" ? try await send(200, "text/event-stream", "") : try await events(language)
        default: try await send(404, "text/plain; charset=utf-8", "没有此页 / no such page\n")
        }
    }

    private func page(_ language: ConsoleLanguage) async throws {
        do {
            let report = try await recent.current()
            try await send(200, "text/html; charset=utf-8", ConsolePage.html(report, language: language))
        } catch let error as TransportError {
            throw error
        } catch {
            try await send(503, "text/html; charset=utf-8", ConsolePage.failure(fault(error), language: language))
        }
    }

    private func json() async throws {
        let bytes: [UInt8]
        let status: Int
        do {
            bytes = try ControlWire.encode(try await recent.current())
            status = 200
        } catch {
            let fault = fault(error)
            bytes = try ControlWire.encode(fault)
            status = fault.httpStatus
        }
        try await send(status, "application/json; charset=utf-8", String(decoding: bytes, as: UTF8.self))
    }

    /// `as-of` events tell that the page is live and since when it holds; `status` events carry the page's content
    /// when it changed; `fault` events a text.
    private func events(_ language: ConsoleLanguage) async throws {
        try await writer.sendHead(status: 200, headers: Self.headers + [("content-type", "text/event-stream; charset=utf-8")])
        var last = ""
        while !Task.isCancelled {
            var event: String, moment = ""
            do {
                let report = try await recent.current()
                moment = Self.event("as-of", ConsolePage.moment(report))
                event = Self.event("status", ConsolePage.content(report, language: language))
            } catch {
                let fault = fault(error)
                event = Self.event("fault", language == .zh ? fault.messageZh : fault.messageEn)
            }
            // A fault is said again each time, for the page is not live while it lasts.
            try await writer.write(ByteBuffer(string: event == last && !moment.isEmpty ? moment : event + moment))
            last = event
            try await Task.sleep(for: interval)
        }
    }

    /// One server-sent event; line breaks in the text become several `data` fields, as the format asks.
    static func event(_ name: String, _ text: String) -> String {
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        return "event: \(name)\n" + lines.map { "data: \($0)\n" }.joined() + "\n"
    }

    private func fault(_ error: any Error) -> ControlFault {
        if let fault = error as? ControlFault { return fault }
        logger.error("the status page failed", metadata: ["error": "\(error)"])
        return .unforeseen(error)
    }

    private func send(_ status: Int, _ type: String, _ text: String, extra: [(String, String)] = []) async throws {
        let body = ByteBuffer(string: text)
        try await writer.sendHead(
            status: status, headers: Self.headers + [("content-type", type), ("content-length", String(body.readableBytes))] + extra)
        try await writer.write(body)
        try await writer.finish()
    }

    /// Nothing from elsewhere, nothing inline, no frame, no cache.
    private static let headers: [(String, String)] = [
        ("content-security-policy",
         "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"), ("cross-origin-resource-policy", "same-origin"), ("cache-control", "no-store"),
    ]
}
