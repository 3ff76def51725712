import Node
import Registry
import Replication

/// Issued objects as the files people edit: YAML for catalogue, units and legal profiles, CSV for calendars.
enum IssuedFile {
    /// - Parameter newest: the edition in force, for what a calendar's file does not say.
    /// - Throws: ``ControlFault`` with everything that is wrong in the file, line by line.
    static func read(_ kind: EditionKind, file: String, text: String, newest: IssuedObject?) throws(ControlFault) -> IssuedObject {
        do throws(FileFaults) {
            switch kind {
            case .catalogue: return .catalogue(try DataFiles.catalogue(yaml: text, file: file))
            case .units: return .units(try DataFiles.units(yaml: text, file: file))
            case .profile: return .profile(try DataFiles.profile(yaml: text, file: file))
            case .calendar:
                let before = newest ?? .calendar(.standard)
                return .calendar(try DataFiles.calendar(csv: text, file: file, code: WorkCalendar.standard.code, number: before.number + 1, title: before.title))
            }
        } catch { throw error.controlFault }
    }

    static func write(_ object: IssuedObject) -> String {
        switch object {
        case .catalogue(let catalogue): DataFiles.yaml(catalogue)
        case .units(let registry): DataFiles.yaml(registry)
        case .profile(let profile): DataFiles.yaml(profile)
        case .calendar(let calendar): DataFiles.csv(calendar)
        }
    }
}
