import Dispatch
import Glibc
import Synchronization

/// SIGINT, SIGTERM and SIGHUP as a call: a process that started others ends them before itself.
package final class StopSignals: Sendable {
    private let sources: Mutex<[any DispatchSourceSignal]>

    /// - Parameter stop: gets the number; called for each signal, on a dispatch queue.
    package init(_ stop: @escaping @Sendable (Int32) -> Void) {
        let made = [SIGINT, SIGTERM, SIGHUP].map { number in
            // The default action would end the process before the source is told.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { stop(number) }
            source.resume()
            return source
        }
        sources = Mutex(made)
    }

    package func cancel() {
        sources.withLock { sources in
            for source in sources { source.cancel() }
            sources = []
        }
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
    }
}
