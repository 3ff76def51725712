/// Values by key, in the order they came: few are compared one by one, many are found by hashing.
struct Few<Key: Hashable, Value> {
    private(set) var entries: [(key: Key, value: Value)] = []
    private var places: [Key: Int] = [:]
    private static var few: Int { 8 }

    var isEmpty: Bool { entries.isEmpty }

    func place(of key: Key) -> Int? {
        if entries.count > Self.few { return places[key] }
        for index in entries.indices where entries[index].key == key { return index }
        return nil
    }

    /// The place of `key`, made with `value` when it is new.
    mutating func place(of key: Key, new value: @autoclosure () -> Value) -> Int {
        if let place = place(of: key) { return place }
        entries.append((key, value()))
        if entries.count == Self.few + 1 {
            for index in entries.indices { places[entries[index].key] = index }
        } else if entries.count > Self.few {
            places[key] = entries.count - 1
        }
        return entries.count - 1
    }

    subscript(place: Int) -> Value {
        get { entries[place].value }
        _modify { yield &entries[place].value }
    }
}
