import Foundation
import NodeRuntime
import Testing

@Suite struct SettingsTests {
    private var root: URL { URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent() }

    @Test("The shipped configuration files are decoded as they stand", arguments: ["street", "district", "city"])
    func shippedFiles(name: String) throws {
        let settings = try ServeSettings.load(file: root.appending(path: "Config/\(name).yaml").path)
        #expect(settings.statusPage != nil)
        #expect(name == "street" || settings.listen != nil, "whoever has children listens")
    }

    @Test("Bad files are named with key and remedy", arguments: [
        ("listen: 7443", "config-value"), ("lisen: \"a:1\"", "config-key"), ("listen: \"nowhere\"", "address"), ("- 1", "config-yaml"), ("a: [", "config-yaml"),
        ("log_level: loud", "config-value"), ("reconnect_seconds: 0", "config-value"), ("attachment_quota_mib: -1", "config-value"), ("attachment_quota_mib: many", "config-value"),
        ("person_lookups_per_hour: 0", "config-value"),
        ("silence_seconds: 1", "config-value"), ("silence_seconds: 3601", "config-value"),
    ])
    func badFiles(text: String, code: String) {
        do {
            _ = try ServeSettings.decode(yaml: text, from: "x.yaml")
            Issue.record("accepted: \(text)")
        } catch {
            #expect(error.code == code)
            #expect(error.exit == .badInput)
        }
    }

    @Test func emptyFilesMeanDefaults() throws {
        #expect(try ServeSettings.decode(yaml: "# nothing\n", from: "x") == ServeSettings())
    }
}
