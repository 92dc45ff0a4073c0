internal import Presence
internal import SkewProtocol

/// What is told to which tabs, and how fast: what `POST /admin/release` asks for.
struct Announcement: Sendable, Equatable {
    /// The pace where none is asked for, in tabs per second over the whole cluster: stock clients fetch a file when they are told.
    static let usualRate = 500

    var version: String
    /// Tabs per second over all loops; nil for as many as the loops can.
    var rate: Int? = usualRate
    /// Versions whose tabs are told; a `*` at the end stands for any rest. Empty for all.
    var only: [String] = []
    /// Routes whose tabs are told, or patterns of routes. Empty for all.
    var routes: [String] = []
    /// How many of a hundred tabs are told: the same ones each time, by their id.
    var percent = 100
    /// Whether the page should not wait.
    var isUrgent = false
    /// Whether the version is the release from now on.
    var setsRelease = true
    /// Whether tabs that were told of this version before are told again.
    var isAgain = false

    /// What each tab is sent.
    var message: ServerMessage { .version(version, urgent: isUrgent, again: isAgain) }
}

/// Whether a tab is one of those that an announcement is for, with the patterns read once.
struct AnnouncementTarget: Sendable {
    private let announcement: Announcement
    private let patterns: [RoutePattern]
    private let exactRoutes: Set<String>

    init(_ announcement: Announcement) {
        self.announcement = announcement
        patterns = announcement.routes.compactMap { RoutePattern($0) }
        exactRoutes = Set(announcement.routes)
    }

    /// A counted tab. Who is on the version already need not hear of it.
    func includes(_ id: ConnectionID, version: String, route: String) -> Bool {
        guard version != announcement.version else { return false }
        if !announcement.only.isEmpty, !RolloutCourse.matches(version, announcement.only) { return false }
        if !announcement.routes.isEmpty, !exactRoutes.contains(route), !patterns.contains(where: { $0.fits(route) }) { return false }
        // Ids are random, so their low bits are as good as a draw, and the same one each time.
        return announcement.percent >= 100 || Int(id.low % 100) < announcement.percent
    }

    /// Somebody who is no tab: told where the release changes, whatever the target.
    var includesOthers: Bool { announcement.setsRelease }
}

extension Announcement {
    /// Why a body is no announcement: a closed set.
    enum Fault: Error, Sendable, Equatable {
        case version, rate, only, routes, percent, flag

        var sentence: StaticString {
            switch self {
            case .version: "the version is missing"
            case .rate: "rate must be a whole number of tabs per second from 0 (at once) to 1000000"
            case .only: "only must be a list of 1 to 100 versions"
            case .routes: "routes must be a list of 1 to 100 routes or patterns that start with a slash"
            case .percent: "percent must be a whole number from 1 to 100"
            case .flag: "urgent, set and again must be true or false"
            }
        }
    }

    static let fields: Set<String> = ["version", "rate", "only", "routes", "percent", "urgent", "set", "again"]
    private static let longestList = 100

    /// Reads the fields of a body.
    static func read(_ fields: JSONValue) -> Result<Announcement, Fault> {
        .init(catching: { () throws(Fault) in
            guard let version = fields["version"]?.text.flatMap({ CleanText.version($0) }) else { throw .version }
            var read = Announcement(version: version)
            if let rate = fields["rate"] { read.rate = try self.rate(rate) }
            if let only = fields["only"] { read.only = try list(only, fault: .only) { !$0.isEmpty } }
            if let routes = fields["routes"] { read.routes = try list(routes, fault: .routes) { $0.hasPrefix("/") } }
            if let percent = fields["percent"] {
                guard let number = percent.wholeNumber, 1...100 ~= number else { throw .percent }
                read.percent = number
            }
            read.isUrgent = try flag(fields["urgent"], unless: false)
            read.setsRelease = try flag(fields["set"], unless: true)
            read.isAgain = try flag(fields["again"], unless: false)
            return read
        })
    }

    /// - Returns: nil for as many as the loops can.
    static func rate(_ value: JSONValue) throws(Fault) -> Int? {
        guard let number = value.wholeNumber, 0...1_000_000 ~= number else { throw .rate }
        return number == 0 ? nil : number
    }

    private static func list(_ value: JSONValue, fault: Fault, _ isAllowed: (String) -> Bool) throws(Fault) -> [String] {
        guard case .array(let elements) = value, 1...longestList ~= elements.count else { throw fault }
        let texts = elements.compactMap(\.text)
        guard texts.count == elements.count, texts.allSatisfy(isAllowed) else { throw fault }
        return texts
    }

    private static func flag(_ value: JSONValue?, unless usual: Bool) throws(Fault) -> Bool {
        switch value {
        case nil: return usual
        case .boolean(let flag)?: return flag
        default: throw .flag
        }
    }
}

extension JSONValue {
    /// A whole number; nil for anything else.
    fileprivate var wholeNumber: Int? {
        if case .number(let number) = self { Int(exactly: number) } else { nil }
    }
}
