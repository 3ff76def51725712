import Foundation
import Node
import NodeRuntime
import Synchronization
import Testing

/// Time passes for a node that nobody looks after.
@Suite struct CertificateAgeTests {
    private final class Clock: Sendable {
        let days = Mutex<UInt64>(0)
        var environment: NodeEnvironment {
            let machine = NodeEnvironment.machine
            return NodeEnvironment(now: { [self] in machine.now() + days.withLock { $0 } * 86_400_000 }, random: machine.random)
        }
    }

    @Test("A certificate that comes near its end is noticed thirty days before, and after it")
    func nearTheEnd() async throws {
        let home = "/tmp/cn-age-\(UInt32.random(in: 0 ... .max))", clock = Clock()
        defer { try? FileManager.default.removeItem(atPath: home) }
        _ = try await NodeHome.initialise(home: home, path: "wuhan", suite: "ed25519-sha256")
        let service = try await NodeService.open(home: home, environment: clock.environment)
        func certificates() async throws -> DoctorCommand.Check {
            try #require(try await service.execute(DoctorCommand()).checks.first { $0.name == "certificates" })
        }
        for (day, isFine) in [(0, true), (60, true), (360, true), (370, false), (397, false), (430, false)] as [(UInt64, Bool)] {
            clock.days.withLock { $0 = day }
            let check = try await certificates()
            #expect((check.result == "ok") == isFine, "day \(day): \(check)")
        }
        await service.close()
    }

    @Test func agesAreToldInTheUnitThatPeopleUse() {
        let day: UInt64 = 86_400_000
        #expect(Age(from: 0, to: 119_000).en == "119 s")
        #expect(Age(from: 0, to: 120_000).en == "2 min")
        #expect(Age(from: 0, to: day).en == "24 h")
        #expect(Age(from: 0, to: 60 * day).en == "60 days" && Age(from: 0, to: 60 * day).zh == "60 天")
        #expect(Age(from: 5, to: 0).en == "0 s")
    }

    @Test("Patience goes with the setting, on every level")
    func patience() {
        #expect(Patience().silenceLimit == 35_000 && Patience().pingEvery == 10_000)
        #expect(Patience(seconds: 2).pingEvery < 1000)
        #expect(Patience(seconds: -5).silenceLimit == 2000)
    }
}
