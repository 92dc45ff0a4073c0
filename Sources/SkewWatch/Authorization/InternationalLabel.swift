/// The ASCII form of a host's label in other letters (`bücher` is `xn--bcher-kva`), as browsers send it (RFC 3492 and 5891).
///
/// For names that an operator writes: what needs more than lower case to be sure of (combining marks, what shows nothing, dots of
/// other scripts) has none here, and must be written in its ASCII form.
enum InternationalLabel {
    /// nil where the form is not certain.
    static func ascii(_ label: some StringProtocol) -> String? {
        if label.utf8.allSatisfy({ $0 < 0x80 }) { return String(decoding: Array(label.utf8).lowercasedASCII, as: UTF8.self) }
        let scalars = Array(label.lowercased().unicodeScalars)
        // What becomes ASCII in lower case (a Kelvin sign) is another letter to browsers.
        guard scalars.count <= 63, scalars.allSatisfy(isCertain), !scalars.allSatisfy(\.isASCII) else { return nil }
        let form = "xn--" + encoded(scalars)
        return form.utf8.count <= 63 ? form : nil
    }

    private static func isCertain(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return 0x61...0x7A ~= scalar.value || 0x30...0x39 ~= scalar.value || scalar == "-" }
        return switch scalar.properties.generalCategory {
        // Full-width and other compatibility forms are letters, too, and mean others.
        case .lowercaseLetter, .otherLetter: !(0xFB00...0xFFFF ~= scalar.value) && !(0x1D400...0x1D7FF ~= scalar.value)
        // The long vowel of Katakana and the repetition mark of Kanji.
        case .modifierLetter: scalar.value == 0x30FC || scalar.value == 0x3005
        default: false
        }
    }

    /// Punycode, RFC 3492, section 6.3.
    private static func encoded(_ scalars: [Unicode.Scalar]) -> String {
        var output = String(String.UnicodeScalarView(scalars.filter(\.isASCII)))
        let basicCount = output.utf8.count
        if basicCount > 0 { output += "-" }
        var (next, delta, bias, handled): (UInt32, Int, Int, Int) = (0x80, 0, 72, basicCount)
        while handled < scalars.count {
            let smallest = scalars.lazy.map(\.value).filter { $0 >= next }.min()!
            delta += Int(smallest - next) * (handled + 1)
            next = smallest
            for scalar in scalars {
                if scalar.value < next { delta += 1 }
                guard scalar.value == next else { continue }
                append(delta, bias: bias, to: &output)
                bias = adapted(delta, count: handled + 1, isFirst: handled == basicCount)
                delta = 0
                handled += 1
            }
            delta += 1
            next += 1
        }
        return output
    }

    private static func append(_ delta: Int, bias: Int, to output: inout String) {
        var rest = delta
        var step = 36
        while true {
            let threshold = min(26, max(1, step - bias))
            if rest < threshold { break }
            output.append(digit(threshold + (rest - threshold) % (36 - threshold)))
            rest = (rest - threshold) / (36 - threshold)
            step += 36
        }
        output.append(digit(rest))
    }

    private static func digit(_ value: Int) -> Character { Character(Unicode.Scalar(UInt8(value < 26 ? 97 + value : 22 + value))) }

    private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var steps = 0
        while delta > 455 {
            delta /= 35
            steps += 36
        }
        return steps + 36 * delta / (delta + 38)
    }
}
