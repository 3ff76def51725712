import Foundation
import Registry

extension WorkCalendar {
    var wire: WireCalendarEdition {
        var wire = WireCalendarEdition()
        wire.code = code
        wire.number = number
        wire.title = title
        wire.firstYear = UInt32(clamping: years?.lowerBound ?? 0)
        wire.lastYear = UInt32(clamping: years?.upperBound ?? 0)
        wire.days = days.map { day in
            var out = WireSpecialDay()
            out.date = day.date.daysSinceEpoch
            out.name = day.name
            out.working = !day.isOff
            return out
        }
        return wire
    }

    /// - Throws: ``CodingFault`` for what is no calendar, or one with faults of its own.
    init(_ wire: WireCalendarEdition) throws(CodingFault) {
        guard wire.days.count <= 20_000 else { throw CodingFault("a calendar of \(wire.days.count) special days") }
        var days: [SpecialDay] = []
        for day in wire.days { days.append(SpecialDay(date: try IssuedCoding.date(day.date), name: day.name, isOff: !day.working)) }
        let first = Int(wire.firstYear), last = Int(wire.lastYear)
        guard first == 0 || (1900...2199).contains(first) && (first...2199).contains(last) else { throw CodingFault("a calendar of the years \(first)…\(last)") }
        self.init(code: wire.code, number: wire.number, title: wire.title, years: first == 0 ? nil : first...last, days: days)
        try IssuedCoding.refuse(faults(), "calendar \(wire.code.bounded(40)) edition \(wire.number)")
    }
}
