/// What the tabs of a demo do, and when: a value, handed the time and the dice. So a demo looks like a rollout, and a test can play it.
///
/// Two hundred tabs are open on two builds. After some seconds a new build is announced, and tabs reload one after the other, half of
/// them within twenty seconds; meanwhile some move, leave and come. When all are on the new build the next one is announced.
struct DemoPlan {
    enum Action: Equatable {
        case announce(String)
        case open(tab: Int, version: String, route: String)
        case move(tab: Int, route: String)
        case close(tab: Int)
    }

    static let tabs = 200
    static let routes = ["/", "/", "/", "/cart", "/cart", "/search", "/search", "/products/42", "/products/7", "/checkout", "/account"]
    /// Before the first release, and between two.
    static let pauses: (first: Duration, next: Duration) = (.seconds(8), .seconds(120))
    /// Half of the tabs have reloaded after this.
    static let halfLife = Duration.seconds(20)

    private var generator: any RandomNumberGenerator & Sendable
    /// The build of each tab; nil while it is away.
    private(set) var versions = [Int?](repeating: nil, count: tabs)
    private(set) var release: Int
    private var nextRelease = pauses.first
    private var last: Duration?

    /// - Parameter release: the number of the build that is out at the start.
    init(release: Int = 42, generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
        (self.release, self.generator) = (release, generator)
    }

    static func name(of build: Int) -> String { "build-\(build)" }

    /// What is done now. Called some times a second.
    /// - Parameter now: since the demo began.
    mutating func step(at now: Duration) -> [Action] {
        guard let last else {
            self.last = now
            // Both builds are releases, so that the older one is old and not one that nobody has announced.
            return [.announce(Self.name(of: release))] + (0..<Self.tabs).map { open($0, oldOneIn: 8) }
        }
        self.last = now
        let seconds = (now - last) / .seconds(1)
        var actions: [Action] = []
        if now >= nextRelease {
            release += 1
            nextRelease = now + Self.pauses.next
            actions.append(.announce(Self.name(of: release)))
        }
        // Before the first announcement old tabs stay old: nobody has told them.
        let hazard = now < Self.pauses.first ? 0 : 0.693 / (Self.halfLife / .seconds(1)) * seconds
        for tab in versions.indices {
            guard let version = versions[tab] else {
                if chance(seconds / 2) { actions.append(open(tab)) }
                continue
            }
            if version < release, chance(hazard) || chance(0.002 * seconds) {
                versions[tab] = nil
                actions.append(.close(tab: tab))
            } else if chance(0.02 * seconds) {
                actions.append(.move(tab: tab, route: route()))
            } else if chance(0.003 * seconds) {
                versions[tab] = nil
                actions.append(.close(tab: tab))
            }
        }
        return actions
    }

    /// A tab is gone without the plan's doing: it comes back.
    mutating func lost(_ tab: Int) { versions[tab] = nil }

    private mutating func open(_ tab: Int, oldOneIn share: Int = 0) -> Action {
        let isOld = share > 0 && Int.random(in: 0..<share, using: &generator) == 0
        let version = isOld ? release - 1 : release
        versions[tab] = version
        return .open(tab: tab, version: Self.name(of: version), route: route())
    }

    private mutating func route() -> String { Self.routes.randomElement(using: &generator)! }

    private mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < probability }
}
