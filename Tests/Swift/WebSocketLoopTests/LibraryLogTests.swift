import Testing

@testable import WebSocketLoop

@Suite(.serialized) struct LibraryLogTests {
    /// Lines of libwebsockets 4.1 and 4.3, as they come.
    @Test(arguments: [
        ("[2026/12/01 03:14:24:4542] W: rops_pt_init_destroy_netlink: netlink bind failed\n", false),
        ("[2026/12/01 03:14:24:4542] E: adopt_socket_readbuf: calling service on readbuf ah\n", false),
        ("[2026/12/01 03:14:24:4542] E: a fault that nobody\u{7} knows yet\n", true),
    ])
    func `what is no trouble is not told, and else all is, printable`(line: String, isTold: Bool) {
        var log = LibraryLog()
        _ = log.take(at: 0)
        unsafe LibraryLog.add(line)
        let lines = log.take(at: 0).compactMap { if case .library(let line) = $0 { line } else { nil } }
        #expect(lines == (isTold ? ["[2026/12/01 03:14:24:4542] E: a fault that nobody knows yet"] : []))
    }
}
