internal import SkewWatch

/// A file that holds a token and nothing else but a newline.
enum TokenFile {
    /// - Throws: `CommandFailure` with a sentence that names the flag and never the token.
    static func read(_ path: String, flag: String) throws(CommandFailure) -> String {
        let bytes: [UInt8]
        do {
            bytes = try FileContents.read(path)
        } catch {
            throw CommandFailure(sentence: "\(flag) names a file that cannot be read: \(error.reason).", status: .wrongSettings)
        }
        let token = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)[0].filter { $0 != 0x0D }
        guard !token.isEmpty, let text = String(validating: token, as: UTF8.self) else {
            throw CommandFailure(sentence: "\(flag) names a file whose first line is no token.", status: .wrongSettings)
        }
        return text
    }
}
