internal import HTTPCall
internal import SkewProtocol

/// Tells what a server answered, in words for a sentence.
enum AnswerText {
    /// The status, with the server's own sentence where it gave one.
    static func describe(_ answer: HTTPAnswer) -> String {
        guard let sentence = JSONValue(answer.body.span)?["error"]?.text, let clean = CleanText.clean(sentence.utf8.span, limit: 200) else {
            return "\(answer.status)"
        }
        return "\(answer.status): \(clean)"
    }
}
