import CBrotli
import Glibc

/// Compresses standard input to standard output with Brotli, while the package is built: what browsers take over HTTPS.
@main struct AssetCompressor {
    static func main() {
        var input: [UInt8] = []
        while let byte = UInt8(exactly: getchar()) { input.append(byte) }
        // Text grows by no more than this, even where it cannot be compressed.
        var output = [UInt8](repeating: 0, count: input.count + 1024)
        var size = output.count
        let isCompressed = unsafe BrotliEncoderCompress(11, 22, BROTLI_MODE_TEXT, input.count, input, &size, &output) != 0
        precondition(isCompressed, "Brotli could not compress what it was given.")
        for byte in output.prefix(size) { putchar(Int32(byte)) }
    }
}
