import TestRandom
import Testing

@testable import WebSocketLoop

@Suite struct UTF8ValidationTests {
    /// The verdict on text that comes in the given pieces.
    private func isValid(_ pieces: [ArraySlice<UInt8>]) -> Bool {
        var text = UTF8Validation()
        for piece in pieces {
            guard unsafe Array(piece).withUnsafeBytes({ unsafe text.accept($0) }) else { return false }
        }
        return text.isComplete
    }

    private func checkEverySplit(_ bytes: [UInt8]) {
        let truth = String(validating: bytes, as: UTF8.self) != nil
        for split in 0...bytes.count {
            #expect(isValid([bytes[..<split], bytes[split...]]) == truth, "\(bytes) cut at \(split)")
        }
        #expect(isValid(bytes.indices.map { bytes[$0...$0] }) == truth, "\(bytes) byte by byte")
    }

    @Test func `every pair of bytes is judged as the standard library judges it`() {
        for first in UInt8.min...(.max) {
            for second in UInt8.min...(.max) {
                let bytes = [first, second]
                guard isValid([bytes[...]]) != (String(validating: bytes, as: UTF8.self) != nil) else { continue }
                Issue.record("\(bytes)")
            }
        }
    }

    @Test(
        arguments: [
            [0xE0, 0x9F, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xEF, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC0, 0x80],
            [0xC1, 0xBF], [0xC2], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0x80], [0xFE], [0xFF], [0x00],
            [0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x80], [0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0xC3, 0xA9, 0x61],
        ] as [[UInt8]])
    func `the edges of the table are judged alike in every split`(bytes: [UInt8]) {
        checkEverySplit(bytes)
        checkEverySplit(Array("12345678901234567".utf8) + bytes + Array("12345678".utf8))
    }

    @Test(arguments: Seeds.some(30)) func `random text with random damage is judged alike in every split`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let scalars = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                Unicode.Scalar(UInt32.random(in: 0...[0x7F, 0x7FF, 0xD7FF, 0x10_FFFF].randomElement(using: &random)!, using: &random))
                    ?? "x"
            }
            var bytes = Array(String(String.UnicodeScalarView(scalars)).utf8)
            if Bool.random(using: &random), !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            checkEverySplit(bytes)
        }
    }
}
