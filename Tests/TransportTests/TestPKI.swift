import Foundation
import Transport

/// Certificates made once per test run with the `openssl` command.
struct TestPKI: Sendable {
  struct Identity: Sendable {
    let certificate: [UInt8]
    let key: [UInt8]
  }

  let folder: URL
  let anchors: [UInt8]
  let server: Identity
  let client: Identity
  /// Issued by an authority nobody here trusts.
  let stranger: Identity
  let expired: Identity
  let expiredServer: Identity
  /// Outside the name constraint of the authority that issued it.
  let outsider: Identity
  /// Its extended key usage says server, not client.
  let wrongPurpose: Identity

  static let shared: Result<TestPKI, any Error> = Result { try TestPKI() }

  private init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("transport-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let maker = Maker(folder: folder)
    try maker.authority("root", constraint: nil)
    try maker.authority("foreign", constraint: nil)
    try maker.authority("narrow", constraint: ".region3.hq.sync", issuer: "root")
    server = try maker.leaf("server", issuer: "root", names: "IP:127.0.0.1,DNS:localhost,URI:sync://node1.hq.sync/", usage: "serverAuth")
    client = try maker.leaf("client", issuer: "root", names: "URI:sync://node7.hq.sync/", usage: "clientAuth")
    stranger = try maker.leaf("stranger", issuer: "foreign", names: "URI:sync://node7.hq.sync/", usage: "clientAuth")
    expired = try maker.leaf("expired", issuer: "root", names: "URI:sync://node7.hq.sync/", usage: "clientAuth", days: -1)
    expiredServer = try maker.leaf("expiredserver", issuer: "root", names: "URI:sync://node1.hq.sync/", usage: "serverAuth", days: -1)
    let outside = try maker.leaf("outsider", issuer: "narrow", names: "URI:sync://node1.region9.hq.sync/", usage: "clientAuth")
    outsider = Identity(certificate: try outside.certificate + maker.read("narrow.pem"), key: outside.key)
    wrongPurpose = try maker.leaf("wrong", issuer: "root", names: "URI:sync://node7.hq.sync/", usage: "serverAuth")
    anchors = try maker.read("root.pem")
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func serverContext(_ clients: TLSContext.ClientCertificate = .required, identity: Identity? = nil) throws -> TLSContext {
    let identity = identity ?? server
    return try .server(
      certificateChainPEM: identity.certificate, privateKeyPEM: identity.key, trustAnchorsPEM: anchors,
      clientCertificates: clients)
  }

  func clientContext(_ identity: Identity? = nil, anonymous: Bool = false, verifying: Bool = true) throws -> TLSContext {
    let identity = identity ?? client
    return try .client(
      certificateChainPEM: anonymous ? nil : identity.certificate, privateKeyPEM: anonymous ? nil : identity.key,
      trustAnchorsPEM: verifying ? anchors : nil)
  }

  private struct Maker {
    let folder: URL

    func read(_ name: String) throws -> [UInt8] {
      [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    func authority(_ name: String, constraint: String?, issuer: String? = nil) throws {
      var extensions = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n"
      if let constraint { extensions += "nameConstraints=critical,permitted;URI:\(constraint)\n" }
      try request(name)
      try sign(name, extensions, issuer.map { ["-CA", "\($0).pem", "-CAkey", "\($0).key", "-CAcreateserial"] } ?? ["-signkey", "\(name).key"], days: 30)
    }

    func leaf(_ name: String, issuer: String, names: String, usage: String, days: Int = 30) throws -> Identity {
      try request(name)
      try sign(
        name, "basicConstraints=critical,CA:FALSE\nextendedKeyUsage=\(usage)\nsubjectAltName=\(names)\n",
        ["-CA", "\(issuer).pem", "-CAkey", "\(issuer).key", "-CAcreateserial"], days: days)
      return Identity(certificate: try read("\(name).pem"), key: try read("\(name).key"))
    }

    private func request(_ name: String) throws {
      try openssl(
        "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "\(name).key",
        "-subj", "/CN=\(name)", "-out", "\(name).csr")
    }

    private func sign(_ name: String, _ extensions: String, _ issuer: [String], days: Int) throws {
      try Data(extensions.utf8).write(to: folder.appendingPathComponent("\(name).ext"))
      try openssl(["x509", "-req", "-in", "\(name).csr", "-days", "\(days)", "-extfile", "\(name).ext", "-out", "\(name).pem"] + issuer)
    }

    private func openssl(_ arguments: String...) throws { try openssl(arguments) }

    private func openssl(_ arguments: [String]) throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["openssl"] + arguments
      process.currentDirectoryURL = folder
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else { throw TestFailure("openssl \(arguments) failed") }
    }
  }
}

struct TestFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Runs a command to its end, off the cooperative pool; gives its exit code and all it wrote.
func run(_ command: [String]) async throws -> (code: Int32, output: String) {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = command
      let pipe = Pipe()
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = pipe
      process.standardError = pipe
      do {
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        continuation.resume(returning: (process.terminationStatus, String(decoding: data, as: UTF8.self)))
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }
}
