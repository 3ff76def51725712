import API
import Foundation
import NIOCore
import NodeRuntime
import Transport

extension ControlClient {
    /// Sends a file to be staged.
    func stage(_ options: StageOptions, file: FileChunks) async throws -> StagedFile {
        switch route {
        case .here(let service): return try await service.stage(options, body: file)
        case .socket(let connection):
            let stream = try await connection.openStream(
                method: "POST", path: ControlWire.stagePath,
                headers: [(ControlWire.optionsHeader, try ControlWire.encodeHeader(options)), ("content-type", "application/octet-stream")])
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await Self.send(file, over: stream) }
                let head = try await stream.head()
                let body = try await stream.inbound.collect(upTo: 1 << 20)
                group.cancelAll()
                guard head.status == 200 else { throw Self.fault(head.status, body) }
                return try ControlWire.decode(StagedFile.self, from: body.readableBytesView)
            }
        }
    }

    /// Gives an attachment's content to `write`, in order.
    func fetch(_ options: FetchOptions, write: (ByteBuffer) throws -> Void) async throws -> FetchedFile {
        switch route {
        case .here(let service):
            let opened = try await service.open(options)
            try await service.read(opened) { try write($0) }
            return opened.file
        case .socket(let connection):
            let stream = try await connection.openStream(method: "POST", path: ControlWire.fetchPath, headers: [("content-type", "application/json")])
            try await stream.write(ByteBuffer(bytes: try ControlWire.encode(options)))
            try await stream.finish()
            let head = try await stream.head()
            guard head.status == 200 else { throw Self.fault(head.status, try await stream.inbound.collect(upTo: 1 << 20)) }
            let file = try ControlWire.decodeHeader(FetchedFile.self, head.first(ControlWire.fileHeader))
            for try await chunk in stream.inbound { try write(chunk) }
            return file
        }
    }
}
