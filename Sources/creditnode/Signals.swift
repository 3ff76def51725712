import Dispatch
import Glibc
import Synchronization

/// SIGINT and SIGTERM: the first asks to stop, the second ends the process at once.
final class Signals {
    private final class First: Sendable {
        private let seen = Mutex(false)

        func isMine() -> Bool {
            seen.withLock { seen in
                defer { seen = true }
                return !seen
            }
        }
    }

    private let sources: [any DispatchSourceSignal]

    init(stop: @escaping @Sendable (Int32) -> Void) {
        let first = First()
        sources = [SIGINT, SIGTERM].map { number in
            // The default action would end the process before the source is told.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { @Sendable in
                guard first.isMine() else { _exit(128 + number) }
                stop(number)
            }
            source.resume()
            return source
        }
    }

    func cancel() {
        for source in sources { source.cancel() }
    }
}
