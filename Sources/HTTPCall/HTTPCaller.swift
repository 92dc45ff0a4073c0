internal import CLibcurl
internal import Glibc
internal import Synchronization

/// Makes HTTP requests on one thread of its own, away from the sockets' loops: libcurl's multi interface, which looks names up in
/// further threads, keeps connections open for the next request and verifies certificates by the system's store.
///
/// Neither redirects nor proxies from the environment are followed, and answers are not decompressed. How many requests are under
/// way at once is the callers' to limit.
package final class HTTPCaller: Sendable {
    private let worker = Worker()
    private let caFile: String?

    /// Costs nothing until the first call: that starts the thread.
    /// - Parameter caFile: certificate authorities in PEM that are trusted besides the system's; without one, the file that the
    ///   environment's `SSL_CERT_FILE` names, as for other programs.
    package init(caFile: String? = nil) {
        self.caFile = caFile ?? Self.environmentCAFile
    }

    private static let environmentCAFile: String? = unsafe getenv("SSL_CERT_FILE").flatMap { text in
        let path = unsafe String(cString: text)
        return path.isEmpty ? nil : path
    }

    /// The version of libcurl, as it runs.
    package static let libraryVersion: String = {
        // "libcurl/7.88.1 OpenSSL/3.0.15 …"
        let first = unsafe String(cString: curl_version()).split(separator: " ").first ?? ""
        return String(first.split(separator: "/").last ?? "")
    }()

    deinit { worker.end() }

    /// Sends a request and waits for the whole answer. Any thread.
    package func call(_ request: HTTPRequest) async throws(HTTPFault) -> HTTPAnswer {
        let result = await withCheckedContinuation { continuation in
            start(request) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Sends a request and calls back with the whole answer. Any thread; the call comes on the caller's own thread.
    package func start(_ request: HTTPRequest, onEnd: @escaping @Sendable (Result<HTTPAnswer, HTTPFault>) -> Void) {
        worker.submit(Call(request: request, caFile: caFile, answer: onEnd))
    }

    /// Sends a request whose answer goes on and on, such as a stream of events. Any thread; the calls come on the caller's own thread.
    /// - Parameters:
    ///   - request: its timeout is for the connection alone, its `maxAnswerBytes` for answers with another status than 200.
    ///   - silence: how long nothing may come, in whole seconds; then it ends with ``HTTPFault/timedOut``.
    ///   - onPart: takes the body of a 200, part by part.
    ///   - onEnd: called once, last; the body of a 200 is empty there.
    package func stream(
        _ request: HTTPRequest, silence: Duration, onPart: @escaping @Sendable ([UInt8]) -> Void,
        onEnd: @escaping @Sendable (Result<HTTPAnswer, HTTPFault>) -> Void
    ) {
        worker.submit(Call(request: request, caFile: caFile, streaming: Streaming(silence: silence, part: onPart), answer: onEnd))
    }

    /// Ends every call with ``HTTPFault/ended``, now and from now on.
    package func end() { worker.end() }
}

/// A request that waits for the worker, and whom to tell. The answer is told exactly once.
struct Call: Sendable {
    let request: HTTPRequest
    /// nil for the system's own.
    let caFile: String?
    /// nil for an answer that is told as a whole.
    var streaming: Streaming?
    let answer: @Sendable (Result<HTTPAnswer, HTTPFault>) -> Void
}

/// How the answer of a stream is told.
struct Streaming: Sendable {
    let silence: Duration
    let part: @Sendable ([UInt8]) -> Void
}

/// The thread and what others hand to it. The thread keeps it alive until it has ended.
private final class Worker: Sendable {
    private struct State {
        var calls: [Call] = []
        var multi: Multi?
        var hasEnded = false
    }

    private let state = Mutex(State())

    /// The wake-up is sent under the lock: the thread frees the handle as soon as it has seen the flag.
    func submit(_ call: Call) {
        let isTaken = state.withLock { state in
            guard !state.hasEnded, start(&state) else { return false }
            state.calls.append(call)
            state.multi?.wake()
            return true
        }
        if !isTaken { call.answer(.failure(.ended)) }
    }

    func end() {
        state.withLock { state in
            state.hasEnded = true
            state.multi?.wake()
        }
    }

    private func start(_ state: inout State) -> Bool {
        if state.multi != nil { return true }
        guard let multi = Multi() else { return false }
        var id = pthread_t()
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        guard unsafe pthread_create(&id, nil, runWorkerThread, context) == 0 else {
            unsafe Unmanaged<Worker>.fromOpaque(context).release()
            multi.free()
            return false
        }
        pthread_detach(id)
        state.multi = multi
        return true
    }

    func run() {
        guard let multi = state.withLock({ $0.multi }) else {
            preconditionFailure("the thread of HTTP calls was started without its handle")
        }
        while true {
            let (calls, isEnding) = state.withLock { state in
                defer { state.calls = [] }
                if state.hasEnded { state.multi = nil }
                return (state.calls, state.hasEnded)
            }
            if isEnding {
                for call in calls { call.answer(.failure(.ended)) }
                return multi.free()
            }
            for call in calls { multi.add(call) }
            multi.work()
        }
    }
}

@c private func runWorkerThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    let worker = unsafe Unmanaged<Worker>.fromOpaque(context!).takeRetainedValue()
    worker.run()
    return nil
}
