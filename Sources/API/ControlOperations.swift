import Hummingbird
import NodeRuntime

/// What the local API needs of a node, as closures, so that its routes run in tests without one.
struct ControlOperations: Sendable {
    /// Name and JSON of a command in, JSON of its response out.
    var execute: @Sendable (String, [UInt8]) async throws -> [UInt8]
<<<<<<< HEAD
    /// Options, the file as it arrives, and whom to tell of progress.
    var importFile: @Sendable (ImportOptions, RequestBody, @escaping @Sendable (ImportProgress) async -> Void) async throws -> ImportReport
    var attachments: AttachmentDoor?
=======
    /// Options, the file as it arrives, and whom to tell how it goes.
    var importFile: @Sendable (ImportOptions, RequestBody, @escaping @Sendable (ImportEvent) async -> Void) async throws -> ImportReport
>>>>>>> h1

    init(
        execute: @escaping @Sendable (String, [UInt8]) async throws -> [UInt8],
        importFile: @escaping @Sendable (ImportOptions, RequestBody, @escaping @Sendable (ImportEvent) async -> Void) async throws -> ImportReport
    ) {
        self.execute = execute
        self.importFile = importFile
    }

    init(service: NodeService) {
        execute = { try await service.execute(name: $0, json: $1) }
<<<<<<< HEAD
        importFile = { try await service.importFile($0, body: $1, progress: $2) }
        attachments = AttachmentDoor(service: service)
=======
        importFile = { try await service.importFile($0, body: $1, tell: $2) }
>>>>>>> h1
    }
}
