import Foundation
package import TestSockets

extension RunningServer {
    package static let adminToken = "open"

    /// One request on a connection of its own; nil when the server hangs up without an answer.
    package func request(
        _ method: String, _ path: String, headers: [String] = [], body: String? = nil, port: Int? = nil
    ) async throws -> HTTPAnswer? {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1"] + headers
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        return try await HTTPAnswer.to(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""), port: port ?? self.port)
    }

    /// A POST of JSON, as a page sends it.
    package func post(_ endpoint: String, _ body: String, headers: [String] = []) async throws -> HTTPAnswer? {
        try await request("POST", "/__skew" + endpoint, headers: ["Content-Type: application/json"] + headers, body: body)
    }

    /// A request of an operator.
    package func administer(_ endpoint: String, _ body: String) async throws -> HTTPAnswer? {
        try await post(endpoint, body, headers: ["Authorization: Bearer \(Self.adminToken)"])
    }

    /// A request to the internal port.
    package func probe(_ path: String) async throws -> HTTPAnswer? {
        try await request("GET", path, port: internalPort ?? 0)
    }

    /// One sample of `/metrics`, named with its labels, without the prefix.
    package func metric(_ name: String) async throws -> Int? {
        let lines = try await probe("/metrics")?.body.split(separator: "\n") ?? []
        return lines.first { $0.hasPrefix("skewwatch_\(name) ") }.flatMap { Int($0.split(separator: " ").last ?? "") }
    }

    /// Waits until a sample of `/metrics` has a value.
    package func awaitMetric(_ name: String, _ wanted: Int) async throws {
        if try await Patience.sees({ try await metric(name) == wanted }) { return }
        throw SocketFault.malformed("\(name) is \(try await metric(name) ?? -1), not \(wanted)")
    }
}

extension HTTPAnswer {
    /// Whether the body is `{"error":"one sentence"}`.
    package var isError: Bool {
        let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: String]
        return self["Content-Type"] == "application/json" && object?.count == 1 && object?["error"]?.isEmpty == false
    }
}
