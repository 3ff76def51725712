import Foundation
import Synchronization

/// Where figures go: a line of JSON each, or a table at the end.
final class BenchReport: Sendable {
    private struct State {
        /// Of the scenario at work: one list a round.
        var rounds: [[Measure]] = []
        var current: [Measure] = []
        var all: [Measure] = []
    }
    private let json: Bool
    private let state = Mutex(State())

    init(json: Bool) { self.json = json }

    func add(_ measure: Measure) { state.withLock { $0.current.append(measure) } }

    /// What goes on, for whoever waits.
    func note(_ text: String) { FileHandle.standardError.write(Data("  \(text)\n".utf8)) }

    /// A round of a scenario is over.
    func endRound() {
        state.withLock { state in
            state.rounds.append(state.current)
            state.current = []
        }
    }

    /// All rounds of a scenario are over: of each figure the round in the middle counts.
    func endScenario() {
        let measures = state.withLock { state in
            defer { state.rounds = [] }
            let found = Self.middle(of: state.rounds)
            state.all += found
            return found
        }
        guard json else { return }
        for measure in measures { FileHandle.standardOutput.write(Data((measure.json + "\n").utf8)) }
    }

    static func middle(of rounds: [[Measure]]) -> [Measure] {
        var names: [String] = []
        for measure in rounds.joined() where !names.contains(measure.scenario) { names.append(measure.scenario) }
        return names.compactMap { name in
            let same = rounds.joined().filter { $0.scenario == name }
            guard same.count > 1 else { return same.first }
            let sorted = same.sorted { ($0.ratio ?? $0.value) < ($1.ratio ?? $1.value) }
            var middle = sorted[(sorted.count - 1) / 2]
            middle.detail["rounds"] = Double(same.count)
            (middle.detail["least"], middle.detail["greatest"]) = (same.map(\.value).min(), same.map(\.value).max())
            return middle
        }
    }

    func end() {
        guard !json else { return }
        let measures = state.withLock { $0.all }
        let rows = [["scenario", "value", "unit", "reference", "ratio", ""]] + measures.map { measure in
            [measure.scenario, Measure.text(measure.value), measure.unit, measure.reference.map(Measure.text) ?? "-", measure.ratio.map { Measure.text($0) + "x" } ?? "-",
             measure.detail.sorted { $0.key < $1.key }.map { "\($0.key) \(Measure.text($0.value))" }.joined(separator: ", ")]
        }
        let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { index, cell in
                guard index < 5 else { return cell }
                let space = String(repeating: " ", count: widths[index] - cell.count)
                return index == 0 || index == 2 ? cell + space : space + cell
            }
            print(cells.joined(separator: "  "))
        }
        var said: [String] = []
        for note in measures.compactMap(\.note) where !said.contains(note) { said.append(note) }
        for note in said { print("  \(note)") }
    }
}
