import Testing

@testable import SkewWatch

@Suite struct ConfigurationAddressTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.1.2.3/8", "10.9.9.9", true),
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("::ffff:192.0.2.0/120", "192.0.2.77", false), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "2001:db8::1", false),
        ("::/0", "2001:db8::1", true), ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false),
        ("2001:db8::/127", "2001:db8::1", true), ("2001:db8::/127", "2001:db8::2", false), ("::1/128", "::1", true),
    ])
    func `a block holds the addresses with its prefix`(block: String, address: String, expected: Bool) throws {
        let address = try #require(NetworkAddress(address))
        #expect(AddressRange(block).map { $0.contains(address) } ?? false == expected)
    }

    @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.4 ", "::1%lo", "[::1]", "1.2.3.4:80", "1.2.3.4\0", ":::"])
    func `what is no literal is no address`(text: String) {
        #expect(NetworkAddress(text) == nil)
    }
}
