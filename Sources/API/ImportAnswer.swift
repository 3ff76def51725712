import Hummingbird
import Logging
import NIOCore
import NodeRuntime

/// The answer to an import: NDJSON, progress and refused rows while it runs, then how it ended.
///
/// The status line is sent before the file is read, so a failure is a `failed` line under status 200.
enum ImportAnswer {
    /// Least time between two progress lines.
    static let interval: Duration = .milliseconds(200)

    static func response(options: ImportOptions, body: RequestBody, operations: ControlOperations, logger: Logger) -> Response {
        var response = Response(status: .ok, body: ResponseBody { writer in
            // Progress is offered: a slow reader of it does not slow the import down. Refused rows are put: they must
            // not pile up here.
            let handover = Handover<ImportEvent>()
            async let last = outcome(options: options, body: body, operations: operations, logger: logger, handover)
            do {
                let clock = ContinuousClock()
                var next = clock.now
                while let event = await handover.take() {
                    if case .progress = event {
                        guard clock.now >= next else { continue }
                        next = clock.now + interval
                    }
                    try await writer.write(line(event))
                }
            } catch {
                // Nobody reads: whoever puts must not wait for ever.
                await handover.close()
                throw error
            }
            try await writer.write(line(await last))
            try await writer.finish(nil)
        })
        response.headers[.contentType] = "application/x-ndjson; charset=utf-8"
        response.headers[.cacheControl] = "no-store"
        return response
    }

    private static func outcome(
        options: ImportOptions, body: RequestBody, operations: ControlOperations, logger: Logger, _ handover: Handover<ImportEvent>
    ) async -> ImportEvent {
        let event = await end(options: options, body: body, operations: operations, logger: logger, handover)
        await handover.close()
        return event
    }

    private static func end(
        options: ImportOptions, body: RequestBody, operations: ControlOperations, logger: Logger, _ handover: Handover<ImportEvent>
    ) async -> ImportEvent {
        do {
            return .finished(try await operations.importFile(options, body) { event in
                if case .progress = event { await handover.offer(event) } else { await handover.put(event) }
            })
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
