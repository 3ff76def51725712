#if PLANTED_BUGS
    /// Number of the bug that this process has (docs/simulation.md), 0 = none: whether the simulator finds what it is there to find.
    /// Set once before anything runs. Compiled only with `-DPLANTED_BUGS`, into a folder of its own; never shipped.
    @safe package nonisolated(unsafe) var plantedBug = 0
#endif
