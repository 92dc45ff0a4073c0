import Testing

@testable import SkewWatchLoad

@Suite struct TargetTests {
    @Test(arguments: [
        ("127.0.0.1:80", true), ("127.0.0.2:80", true), ("127.255.255.255:80", true), ("[::1]:80", true), ("[::ffff:127.0.0.1]:80", true),
        ("128.0.0.1:80", false), ("126.255.255.255:80", false), ("10.0.0.1:80", false), ("192.168.1.1:80", false),
        ("169.254.1.1:80", false),
        ("0.0.0.0:80", false), ("8.8.8.8:80", false), ("[::]:80", false), ("[fe80::1]:80", false), ("[2001:db8::1]:80", false),
        ("[::ffff:10.0.0.1]:80", false), ("[::2]:80", false),
    ])
    func `only loopback addresses are aimed at without being told twice`(text: String, isAllowed: Bool) {
        if isAllowed {
            #expect(throws: Never.self) { try Target(text, allowRemote: false) }
        } else {
            let fault = #expect(throws: Target.Fault.self) { try Target(text, allowRemote: false) }
            guard case .remote = fault else {
                Issue.record("\(text): \(String(describing: fault))")
                return
            }
        }
        #expect(throws: Never.self) { try Target(text, allowRemote: true) }
    }

    @Test func `a name is as good as the worst of its addresses`() throws {
        #expect(try Target("localhost:81", allowRemote: false).address.isLoopback)
        let (near, far) = (Address.v4(0x7F00_0001, port: 80), Address.v4(0x0A00_0001, port: 80))
        #expect(try Target("app.example:80", allowRemote: false) { _, _ in [near, near] }.address == near)
        #expect(throws: Target.Fault.remote(name: "app.example", address: "10.0.0.1")) {
            try Target("app.example:80", allowRemote: false) { _, _ in [near, far] }
        }
        #expect(try Target("app.example:80", allowRemote: true) { _, _ in [far, near] }.address == far)
        #expect(throws: Target.Fault.unresolved("app.example")) { try Target("app.example:80", allowRemote: true) { _, _ in [] } }
    }

    @Test(arguments: [
        "", "x", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", ":80", "::1:80", "http://127.0.0.1:80", "a b:80", "u@h:80",
    ])
    func `what is no host and port is refused`(text: String) {
        #expect(throws: Target.Fault.form(text)) { try Target(text, allowRemote: true) }
    }

    @Test func `an address is told as people write it`() {
        #expect(Address.v4(0x7F00_0001, port: 1).text == "127.0.0.1")
        #expect(Address.v6([UInt8](repeating: 0, count: 15) + [1], port: 1).text == "0:0:0:0:0:0:0:1")
    }
}
