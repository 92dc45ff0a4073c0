import SkewProtocol
import Testing

@testable import SkewWatch

struct WebTokenTests {
    private let publicKeys = TokenKeys(keySet: Array(SampleTokens.keySet.utf8))!
    private let secret = WebTokenTests.keys(secret: SampleTokens.secret)

    private static func keys(secret: String) -> TokenKeys {
        var configuration = Configuration()
        configuration.jwtSecret = Secret(secret)
        guard case .secret(let keys)? = WebTokens(configuration, revoked: RevokedTokens(), source: { _ in preconditionFailure() })?.keys
        else {
            preconditionFailure()
        }
        return keys
    }

    private func fault(_ text: String, _ keys: TokenKeys) -> TokenFault? {
        do throws(TokenFault) {
            try keys.check(WebToken(text))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [SampleTokens.hs256, SampleTokens.hs384, SampleTokens.hs512])
    func `what another library signed with the secret is good`(text: String) throws {
        #expect(fault(text, secret) == nil)
        #expect(try WebToken(text).claims["sub"] == .string("ada"))
    }

    @Test(arguments: [SampleTokens.rs256, SampleTokens.es256, SampleTokens.edDSA, SampleTokens.es256WithoutKeyID])
    func `what another library signed with a private key is good`(text: String) {
        #expect(fault(text, publicKeys) == nil)
    }

    @Test(arguments: ManyTokens.all)
    func `every algorithm of RFC 7518 for public keys is known, whether the key names it or not`(algorithm: String, text: String) throws {
        let keys = try #require(TokenKeys(keySet: Array(ManyTokens.keySet.utf8)))
        #expect(fault(text, keys) == nil)
        let named = try #require(
            TokenKeys(keySet: Array(ManyTokens.keySet.replacing(#""use":"sig""#, with: #""use":"sig","alg":"\#(algorithm)""#).utf8)))
        #expect(fault(text, named) == nil)
        let signed = text[..<text.lastIndex(of: ".")!]
        for (_, other) in ManyTokens.all where other != text {
            #expect(fault("\(signed)\(other[other.lastIndex(of: ".")!...])", keys) == .signature)
        }
    }

    @Test func `a key that names another algorithm of its kind is for that alone`() throws {
        let keys = try #require(
            TokenKeys(keySet: Array(ManyTokens.keySet.replacing(#""use":"sig""#, with: #""use":"sig","alg":"PS384""#).utf8)))
        for (algorithm, text) in ManyTokens.all { #expect((fault(text, keys) == nil) == (algorithm == "PS384"), "\(algorithm)") }
    }

    @Test(arguments: [
        SampleTokens.rs256, SampleTokens.es256, SampleTokens.edDSA, SampleTokens.es256WithoutKeyID, SampleTokens.hs256, SampleTokens.hs512,
    ])
    func `one changed byte anywhere makes a token bad`(text: String) {
        let keys = text.hasPrefix(SampleTokens.hs256.prefix(10)) || text == SampleTokens.hs512 ? secret : publicKeys
        let bytes = Array(text.utf8)
        for place in stride(from: 0, to: bytes.count, by: 7) where bytes[place] != UInt8(ascii: ".") {
            var changed = bytes
            changed[place] = bytes[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(fault(String(decoding: changed, as: UTF8.self), keys) != nil, "byte \(place)")
        }
    }

    @Test func `a token's end can't be cut off`() {
        for count in stride(from: 1, to: 60, by: 3) {
            #expect(fault(String(SampleTokens.es256.dropLast(count)), publicKeys) != nil)
            #expect(fault(String(SampleTokens.hs256.dropLast(count)), secret) != nil)
        }
    }

    @Test(arguments: [SampleTokens.none, SampleTokens.noneInCapitals, SampleTokens.emptyAlgorithm])
    func `no algorithm is none`(text: String) {
        #expect(fault(text, publicKeys) == .algorithm)
        #expect(fault(text, secret) == .algorithm)
    }

    @Test func `the key says what the algorithm is, not the token`() {
        #expect(fault(SampleTokens.publicKeyAsSecret, publicKeys) == .algorithm)
        #expect(fault(SampleTokens.otherKeysID, publicKeys) == .algorithm)
        #expect(fault(SampleTokens.rs512, publicKeys) == .algorithm)
        #expect(fault(SampleTokens.hs256, publicKeys) == .algorithm)
        #expect(fault(SampleTokens.rs256, secret) == .algorithm)
    }

    @Test func `a wrong key is told from an unknown one`() {
        #expect(fault(SampleTokens.wrongKey, publicKeys) == .signature)
        #expect(fault(SampleTokens.wrongSecret, secret) == .signature)
        #expect(fault(SampleTokens.unknownKeyID, publicKeys) == .unknownKey)
    }

    @Test func `extensions that must be understood are not`() {
        #expect(fault(SampleTokens.critical, secret) == .critical)
    }

    @Test(arguments: [
        "", ".", "..", "...", "a.b.c", "e30.e30.", "e30.e30.e30", "eyJhbGciOiJIUzI1NiJ9.e30.!", "eyJhbGciOiJIUzI1NiJ9.W10.AA",
        "eyJhbGciOjF9.e30.AA", "eyJhbGciOiJIUzI1NiIsImFsZyI6Im5vbmUifQ.e30.AA", "eyJhbGciOiJIUzI1NiJ9=.e30.AA",
    ])
    func `what is no token is malformed`(text: String) {
        #expect(fault(text, secret) == .malformed)
    }

    @Test func `a huge token is not even looked at`() {
        #expect(fault(SampleTokens.hs256 + String(repeating: "A", count: 8192), secret) == .tooLarge)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"keys":[]}"#, #"{"keys":{}}"#, #"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#,
        #"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#, #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA"}]}"#,
        #"{"keys":[{"kty":"OKP","crv":"X25519","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}"#,
        #"{"keys":[{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}"#,
    ])
    func `a set without a usable key is none`(set: String) {
        #expect(TokenKeys(keySet: Array(set.utf8)) == nil)
    }

    @Test func `a key that is for something else is passed over`() {
        for change in [(#""use":"sig""#, #""use":"enc""#), (#""alg":"RS256""#, #""alg":"RSA-OAEP""#)] {
            let keys = TokenKeys(keySet: Array(SampleTokens.keySet.replacing(change.0, with: change.1).utf8))!
            #expect(fault(SampleTokens.rs256, keys) == .unknownKey)
            #expect(fault(SampleTokens.es256, keys) == nil)
        }
    }
}
