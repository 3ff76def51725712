import Hummingbird
import Logging
import NIOCore
import NodeRuntime

/// The answer to an import: NDJSON, progress while it runs, then how it ended.
///
/// The status line is sent before the file is read, so a failure is a `failed` line under status 200.
enum ImportAnswer {
    /// Least time between two progress lines.
    static let interval: Duration = .milliseconds(200)

    static func response(options: ImportOptions, body: RequestBody, operations: ControlOperations, logger: Logger) -> Response {
        var response = Response(status: .ok, body: ResponseBody { writer in
            let (progress, source) = AsyncStream.makeStream(of: ImportProgress.self, bufferingPolicy: .bufferingNewest(1))
            // Progress only ever waits in this stream: a slow reader of it does not slow the import down.
            async let last = outcome(options: options, body: body, operations: operations, logger: logger) { source.yield($0) } finally: {
                source.finish()
            }
            let clock = ContinuousClock()
            var next = clock.now
            for await value in progress where clock.now >= next {
                next = clock.now + interval
                try await writer.write(line(.progress(value)))
            }
            try await writer.write(line(await last))
            try await writer.finish(nil)
        })
        response.headers[.contentType] = "application/x-ndjson; charset=utf-8"
        response.headers[.cacheControl] = "no-store"
        return response
    }

    private static func outcome(
        options: ImportOptions, body: RequestBody, operations: ControlOperations, logger: Logger,
        progress: @escaping @Sendable (ImportProgress) -> Void, finally done: @Sendable () -> Void
    ) async -> ImportEvent {
        defer { done() }
        do {
            return .finished(try await operations.importFile(options, body) { progress($0) })
        } catch let fault as ControlFault {
            return .failed(fault)
        } catch {
            logger.error("an import failed", metadata: ["file": "\(options.fileName)", "error": "\(error)"])
            return .failed(.unforeseen(error))
        }
    }

    private static func line(_ event: ImportEvent) throws -> ByteBuffer {
        ByteBuffer(bytes: try ControlWire.encode(event) + [UInt8(ascii: "\n")])
    }
}
