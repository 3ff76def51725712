import Registry
import Replication

/// Issued objects as the files people edit.
enum IssuedFile {
    static func read(_ kind: EditionKind, file: String, text: String) throws(ControlFault) -> IssuedObject {
        throw ControlFault("todo", zh: "", en: "", hint: "", exit: .failure)
    }
    static func write(_ object: IssuedObject) -> String { "" }
}
