internal import CLibwebsockets

/// Bytes that many sockets of one loop receive: written once, with the headroom in front that `lws_write` puts frame headers in.
///
/// `lws_write` overwrites what lies before the bytes it is given, so the bytes belong to one loop: each loop makes its own payload,
/// and what a fragment's header overwrites is put back after the write.
@safe
package final class Payload {
    let storage: UnsafeMutableRawBufferPointer
    /// How many bytes the payload has.
    package let count: Int

    /// Copies `bytes` once.
    package init(_ bytes: [UInt8]) {
        count = bytes.count
        unsafe storage = .allocate(byteCount: frameHeadroom + bytes.count, alignment: 16)
        unsafe storage.baseAddress!.advanced(by: frameHeadroom).copyMemory(from: bytes, byteCount: bytes.count)
    }

    deinit {
        unsafe storage.deallocate()
    }

    /// Calls `body` with the bytes from `offset` on, and puts back what was written in front of them.
    func withBytes<Result>(from offset: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Result) -> Result {
        let start = unsafe storage.baseAddress!.advanced(by: offset)
        let saved = unsafe start.loadUnaligned(as: (UInt64, UInt64).self)
        defer { unsafe start.storeBytes(of: saved, as: (UInt64, UInt64).self) }
        return unsafe body(start.advanced(by: frameHeadroom).assumingMemoryBound(to: UInt8.self))
    }
}

/// LWS_PRE: 16 bytes on a 64-bit machine (a macro that Swift does not import).
let frameHeadroom = 16
