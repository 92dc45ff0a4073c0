import Testing

@testable import Cryptography

struct SHA256DigestTests {
    // FIPS 180-4's examples, then lengths around the padding's edges, computed with another implementation.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        (String(repeating: "a", count: 55), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
        (String(repeating: "a", count: 56), "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
        (String(repeating: "a", count: 63), "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
        (String(repeating: "a", count: 64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
        (String(repeating: "a", count: 119), "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"),
        (String(repeating: "a", count: 1000), "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
    ])
    func `the digest is SHA-256`(text: String, expected: String) {
        #expect(SHA256Digest(of: text.utf8).hexadecimal == expected)
    }

    @Test func `a digest is 32 bytes and equal to itself alone`() {
        let digests = (0..<100).map { SHA256Digest(of: [UInt8($0)]) }
        #expect(digests.allSatisfy { $0.bytes.count == 32 })
        #expect(Set(digests).count == 100)
        for (index, digest) in digests.enumerated() {
            #expect(digest.isEqualInConstantTime(to: SHA256Digest(of: [UInt8(index)])))
            #expect(!digest.isEqualInConstantTime(to: digests[(index + 1) % 100]))
        }
    }

    @Test func `bytes that differ in one bit, or in their count, are not equal`() {
        let bytes = SHA256Digest(of: "x".utf8).bytes
        #expect(ConstantTime.areEqual(bytes, bytes) && ConstantTime.areEqual([], []))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            #expect(!ConstantTime.areEqual(bytes, other))
        }
        #expect(!ConstantTime.areEqual(bytes, Array(bytes.dropLast())))
    }
}
