import Foundation

/// `make soak` multiplies the seeds.
let soaking = ProcessInfo.processInfo.environment["CREDITNODE_SOAK"] != nil
