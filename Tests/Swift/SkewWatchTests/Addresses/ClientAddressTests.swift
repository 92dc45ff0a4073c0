import Testing

@testable import SkewWatch

@Suite struct ClientAddressTests {
    private static let proxies = ["10.0.0.0/8", "127.0.0.1", "fd00::/8"].compactMap { AddressRange($0) }

    private func address(
        from peer: String = "10.0.0.1", cf: String? = nil, hops: String? = nil, real: String? = nil,
        forwarded: String? = nil, trusted: [AddressRange] = proxies
    ) -> String? {
        let headers = ForwardedHeaders(
            cfConnectingIP: cf.map { Array($0.utf8) }, xForwardedFor: hops.map { Array($0.utf8) }, xRealIP: real.map { Array($0.utf8) },
            forwarded: forwarded.map { Array($0.utf8) })
        let peer = peer == "unix:" ? NetworkAddress.unix : NetworkAddress(peer)
        return peer.map { ClientAddress.of(peer: $0, headers, trusted: trusted).description }
    }

    @Test(arguments: ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "11.0.0.1", "fe80::1"])
    func `whatever a peer that is no proxy says counts for nothing`(peer: String) {
        let said = address(from: peer, cf: "203.0.113.1", hops: "203.0.113.2, 10.0.0.2", real: "203.0.113.3")
        #expect(said == NetworkAddress(peer)?.description)
        #expect(address(from: peer, cf: "203.0.113.1", hops: "203.0.113.2", real: "203.0.113.3", trusted: []) == said)
    }

    @Test func `without headers it is the peer, a proxy or not`() throws {
        let peer = try #require(NetworkAddress("10.0.0.1"))
        #expect(ClientAddress.of(peer: peer, nil, trusted: Self.proxies).description == "10.0.0.1")
        #expect(address() == "10.0.0.1")
    }

    @Test func `a proxy on a Unix socket is believed where it is named, and one in front of it is passed over`() throws {
        #expect(address(from: "unix:", hops: "203.0.113.2") == "unix:")
        let trusted = Self.proxies + [try #require(AddressRange("unix:"))]
        #expect(address(from: "unix:", hops: "203.0.113.2", trusted: trusted) == "203.0.113.2")
        #expect(address(from: "unix:", hops: "203.0.113.2, unix:", trusted: trusted) == "203.0.113.2")
        #expect(address(from: "10.0.0.1", hops: "203.0.113.2, unix:") == "unix:", "that one is nobody's proxy")
        #expect(address(from: "unix:", trusted: trusted) == "unix:")
        #expect(try !#require(AddressRange("::/0")).contains(.unix) && AddressRange("unix:/32") == nil)
    }

    @Test(arguments: [
        // One hop, with everything that proxies put around it.
        ("203.0.113.7", "203.0.113.7"), (" 203.0.113.7 ", "203.0.113.7"), ("203.0.113.7:443", "203.0.113.7"),
        (#""203.0.113.7:443""#, "203.0.113.7"), ("2001:db8::7", "2001:db8::7"), ("[2001:db8::7]", "2001:db8::7"),
        (#""[2001:db8::7]:443""#, "2001:db8::7"), ("2001:DB8:0:0::7", "2001:db8::7"), ("::ffff:203.0.113.7", "203.0.113.7"),
        // The right-most that is no proxy: what stands left of it is the client's own word.
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"), ("198.51.100.1,203.0.113.7,10.1.1.1", "203.0.113.7"),
        ("203.0.113.7, 10.1.1.1, 10.2.2.2,127.0.0.1", "203.0.113.7"), ("203.0.113.7, fd00::1, [fd00::2]:80", "203.0.113.7"),
        ("10.9.9.9, 203.0.113.7, ::ffff:10.1.1.1", "203.0.113.7"), ("<script>, 203.0.113.7", "203.0.113.7"),
        // Empty hops are none; two header lines are joined with a space.
        (",, ,203.0.113.7,, ", "203.0.113.7"), ("198.51.100.1 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, 10.1.1.1 10.2.2.2", "203.0.113.7"),
    ])
    func `a proxy's list names the right-most hop that is no proxy`(list: String, expected: String) {
        #expect(address(hops: list) == expected)
    }

    @Test(arguments: [
        "", " ", ",", "unknown", "_hidden", "203.0.113.256", "203.0.113", "1.2.3.4.5", "[2001:db8::7", "2001:db8::7]", "fe80::1%eth0",
        "203.0.113.7\0", "0x7f.1", "010.010.010.010", "203.0.113.7;x", "\u{202E}203.0.113.7", "10.1.1.1, 10.2.2.2",
        // A hop that is no address ends what is believed: what stands left of it is nobody's word.
        "203.0.113.7, unknown", "203.0.113.7, unknown, 10.1.1.1",
    ])
    func `a list that names nobody leaves x-real-ip, and then the proxy`(list: String) {
        #expect(address(hops: list) == "10.0.0.1")
        #expect(address(hops: list, real: "203.0.113.9") == "203.0.113.9")
        #expect(address(hops: list, real: "junk") == "10.0.0.1")
    }

    @Test func `cf-connecting-ip goes first, and junk in it does not`() {
        #expect(address(cf: "203.0.113.1", hops: "203.0.113.2", real: "203.0.113.3") == "203.0.113.1")
        #expect(address(cf: "junk", hops: "203.0.113.2", real: "203.0.113.3") == "203.0.113.2")
        #expect(address(cf: String(repeating: "1", count: 10_000), real: "203.0.113.3") == "203.0.113.3")
    }

    @Test func `of a line that comes again the last counts`() {
        #expect(address(cf: "198.51.100.1 203.0.113.1") == "203.0.113.1")
        #expect(address(cf: "198.51.100.1, 203.0.113.1") == "203.0.113.1")
        #expect(address(real: "198.51.100.1 203.0.113.1") == "203.0.113.1")
    }

    @Test(arguments: [
        ("for=203.0.113.7", "203.0.113.7"), ("for=198.51.100.1, for=203.0.113.7;proto=https", "203.0.113.7"),
        ("for=203.0.113.7, for=10.1.1.1", "203.0.113.7"), ("For=\"[2001:db8::7]:443\"", "2001:db8::7"), ("for=unknown", "10.0.0.1"),
        ("for=203.0.113.7, for=_hidden", "10.0.0.1"), ("for=203.0.113.7, by=10.0.0.1", "10.0.0.1"), ("for=203.0.113.7, junk", "10.0.0.1"),
        ("", "10.0.0.1"),
    ])
    func `Forwarded names the right-most hop that is no proxy`(list: String, expected: String) {
        #expect(address(forwarded: list) == expected)
        #expect(address(from: "192.0.2.1", forwarded: list) == "192.0.2.1")
    }

    @Test func `Forwarded counts only where no older header does, since a proxy that does not know it passes it on`() {
        #expect(address(hops: "203.0.113.2", forwarded: "for=203.0.113.7") == "203.0.113.2")
        #expect(address(real: "203.0.113.3", forwarded: "for=203.0.113.7") == "203.0.113.3")
        #expect(address(hops: "10.1.1.1", forwarded: "for=203.0.113.7") == "10.0.0.1")
    }

    @Test func `ten kilobytes are read like anything else`() {
        let proxies = String(repeating: "10.1.1.1,", count: 1100)
        #expect(address(hops: "203.0.113.7," + proxies) == "203.0.113.7")
        #expect(address(hops: proxies + "203.0.113.7") == "203.0.113.7")
        #expect(address(hops: String(repeating: "x", count: 10_240)) == "10.0.0.1")
        #expect(address(hops: String(repeating: ",", count: 10_240)) == "10.0.0.1")
        #expect(address(hops: String(repeating: " ", count: 100) + "[" + String(repeating: ":", count: 10_000)) == "10.0.0.1")
    }
}
