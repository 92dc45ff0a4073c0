/// Who came a short while ago, in bounded memory: a pure value that is handed the time.
///
/// Two sets take turns: what is in neither has not come for at least ``span``, or others came in such numbers that it was forgotten.
struct RecentlySeen<Key: Hashable & Sendable>: Sendable {
    let span: Duration
    let most: Int
    private var newer: Set<Key> = []
    private var older: Set<Key> = []
    private var begun = Duration.zero

    init(span: Duration = .seconds(10), most: Int = 10_000) {
        self.span = span
        self.most = most
    }

    /// Somebody comes.
    /// - Returns: whether it had not come lately.
    mutating func insert(_ key: Key, now: Duration) -> Bool {
        if now - begun >= span || newer.count >= most {
            older = now - begun >= span * 2 ? [] : newer
            newer = []
            begun = now
        }
        let isNew = !newer.contains(key) && !older.contains(key)
        newer.insert(key)
        return isNew
    }
}
