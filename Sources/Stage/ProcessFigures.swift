import Foundation

/// What /proc says of a process.
package struct ProcessFigures: Sendable, Hashable {
    /// User and system, without children.
    package let cpuSeconds: Double
    /// Greatest resident set so far, MiB.
    package let peakMiB: Double
    /// Resident set now, MiB.
    package let residentMiB: Double

    /// nil when the process has ended.
    package init?(pid: Int32) {
        guard let stat = ProcessFigures.text("/proc/\(pid)/stat"), let status = ProcessFigures.text("/proc/\(pid)/status"),
              // The name in parentheses may hold anything; utime and stime are the 12th and 13th after it.
              let name = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: name)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        cpuSeconds = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
        peakMiB = ProcessFigures.mebibytes("VmHWM:", in: status)
        residentMiB = ProcessFigures.mebibytes("VmRSS:", in: status)
    }

    /// Resident memory of a process now, MiB, where pages shared with others count in proportion; 0 when it has ended.
    package static func proportionalMiB(pid: Int32) -> Double { text("/proc/\(pid)/smaps_rollup").map { mebibytes("Pss:", in: $0) } ?? 0 }

    private static func mebibytes(_ name: String, in status: String) -> Double {
        let words = status.split(separator: "\n").first { $0.hasPrefix(name) }?.split(whereSeparator: { $0 == " " || $0 == "\t" })
        return (words.flatMap { $0.count > 1 ? Double($0[1]) : nil } ?? 0) / 1024
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension FileManager {
    /// Bytes of a file; 0 when there is none.
    package func size(_ path: String) -> Int { ((try? attributesOfItem(atPath: path))?[.size] as? Int) ?? 0 }
}
