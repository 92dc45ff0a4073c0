internal import SkewWatch

/// A file that holds tokens, one a line; the first one counts. Blanks and a byte order mark around it are no part of it.
enum TokenFile {
    /// - Throws: `CommandFailure` with a sentence that names the flag and never the token.
    static func read(_ path: String, flag: String) throws(CommandFailure) -> String {
        let bytes: [UInt8]
        do {
            bytes = try FileContents.read(path)
        } catch {
            throw CommandFailure(sentence: "\(flag) names a file that cannot be read: \(error.reason).", status: .wrongSettings)
        }
        let lines = String(validating: bytes, as: UTF8.self)?.split(whereSeparator: \.isNewline) ?? []
        guard let text = lines.lazy.map({ String($0).withoutBlanksAround }).first(where: { !$0.isEmpty }) else {
            throw CommandFailure(sentence: "\(flag) names a file that holds no token.", status: .wrongSettings)
        }
        return text
    }
}
