internal import SkewWatch

/// The tabs of the demo, as its plan wants them.
struct DemoFleet {
    private var plan: DemoPlan
    private let port: Int
    private let address: [UInt8]
    private let basePath: String
    private var tabs: [DemoTab?] = Array(repeating: nil, count: DemoPlan.tabs)

    /// - Parameters:
    ///   - address: of this machine, four or sixteen bytes.
    ///   - basePath: of the server's endpoints.
    init(plan: DemoPlan, address: [UInt8], port: Int, basePath: String) {
        (self.plan, self.address, self.port, self.basePath) = (plan, address, port, basePath)
    }

    /// Does what is due, and reads what has come.
    /// - Returns: the release to announce, if one is.
    mutating func step(at now: Duration) -> String? {
        var release: String?
        for action in plan.step(at: now) {
            switch action {
            case .announce(let version): release = version
            case .open(let tab, let version, let route):
                tabs[tab] = DemoTab(address: address, port: port, path: "\(basePath)/ws?v=\(version)&route=\(route)")
            case .move(let tab, let route): tabs[tab]?.send(#"{"type":"route-update","route":"\#(route)"}"#)
            case .close(let tab):
                tabs[tab]?.leave()
                tabs[tab] = nil
            }
        }
        for index in tabs.indices where tabs[index]?.read() == false {
            tabs[index] = nil
            plan.lost(index)
        }
        return release
    }
}
