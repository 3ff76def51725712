import Hummingbird
import NodeRuntime

/// What the local API needs of a node, as closures, so that its routes run in tests without one.
struct ControlOperations: Sendable {
    /// Name and JSON of a command in, JSON of its response out.
    var execute: @Sendable (String, [UInt8]) async throws -> [UInt8]
    /// Options, the file as it arrives, and whom to tell of progress.
    var importFile: @Sendable (ImportOptions, RequestBody, @escaping @Sendable (ImportProgress) async -> Void) async throws -> ImportReport
    /// Options in, the file in pieces out.
    var export: @Sendable (ExportOptions) async throws -> ExportPieces

    init(
        execute: @escaping @Sendable (String, [UInt8]) async throws -> [UInt8],
        importFile: @escaping @Sendable (ImportOptions, RequestBody, @escaping @Sendable (ImportProgress) async -> Void) async throws -> ImportReport,
        export: @escaping @Sendable (ExportOptions) async throws -> ExportPieces
    ) {
        self.execute = execute
        self.importFile = importFile
        self.export = export
    }

    init(service: NodeService) {
        execute = { try await service.execute(name: $0, json: $1) }
        importFile = { try await service.importFile($0, body: $1, progress: $2) }
        export = { try await service.export($0) }
    }
}
