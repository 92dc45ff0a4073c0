internal import WebSocketLoop

/// The public endpoints under the base path, and which methods each takes. A closed set.
enum Endpoint: String, CaseIterable {
    case webSocket = "/ws"
    case events = "/sse"
    case route = "/route"
    case subscribeStats = "/subscribe-stats"
    case health = "/health"
    case adminStats = "/admin/stats"
    case adminHistory = "/admin/history"
    case adminRelease = "/admin/release"
    case adminRevoke = "/admin/revoke"

    /// The endpoint at a path.
    init?(path: [UInt8], basePath: String) {
        let base = basePath.utf8
        guard path.starts(with: base) else { return nil }
        self.init(rawValue: String(decoding: path.dropFirst(base.count), as: UTF8.self))
    }

    /// The methods, `OPTIONS` apart.
    var methods: [RequestHead.Method] {
        switch self {
        case .webSocket, .events: [.get]
        case .health, .adminStats, .adminHistory: [.get, .head]
        case .route, .subscribeStats, .adminRelease, .adminRevoke: [.post]
        }
    }

    /// The value of an `Allow` header.
    var allow: String { (methods.map(\.rawValue) + ["OPTIONS"]).joined(separator: ", ") }
}
