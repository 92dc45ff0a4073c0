internal import WebSocketLoop

/// Why a server cannot serve: a closed set, one sentence each.
public enum ServeError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A setting, or a file that one names, cannot be used: to try again changes nothing.
    case configuration(ConfigurationError)
    /// libwebsockets cannot serve with the certificate and the key.
    case certificate(String)
    /// Another program listens on the address, the public or the internal one.
    case addressInUse(String)
    /// The address cannot be listened on for another reason.
    case address(String)
    /// The system gave no thread or event loop, or a library is missing.
    case system(String)
    /// ``SkewWatchServer/run()`` was called before: a server runs once.
    case alreadyRun

    /// One sentence for people.
    package var sentence: String {
        switch self {
        case .configuration(let error): error.sentence
        case .certificate(let sentence), .addressInUse(let sentence), .address(let sentence), .system(let sentence): sentence
        case .alreadyRun: "This server has run before; make another one."
        }
    }

    /// One sentence for people.
    public var description: String { sentence }

    /// Whether only other settings help, so that trying again is of no use.
    package var needsOtherSettings: Bool {
        switch self {
        case .configuration, .certificate: true
        case .addressInUse, .address, .system, .alreadyRun: false
        }
    }

    init(_ error: LoopError) {
        self =
            switch error {
            case .certificateNotUsable: .certificate(error.sentence)
            case .addressInUse, .socketInUse: .addressInUse(error.sentence)
            case .hostNotResolved, .notListening, .noSocket, .socketNotUsable, .activationNotUsable: .address(error.sentence)
            case .threadNotStarted, .loopNotCreated, .contextNotCreated: .system(error.sentence)
            }
    }
}
