internal import ArgumentParser
internal import Glibc

/// What the command tells the shell.
enum ExitStatus: Int32 {
    case success = 0
    /// What was asked for could not be done, for example because the port is in use.
    case failed = 1
    /// The right to watch was lost on the way.
    case deniedLater = 2
    /// It did not come in time: what `timeout` says.
    case timedOut = 124
    /// Wrong settings or arguments: `EX_CONFIG`. A supervisor need not try again.
    case wrongSettings = 78

    /// The parser of arguments has its own status for wrong arguments.
    init(_ code: ExitCode) { self = code.isSuccess ? .success : .wrongSettings }

    /// Ends the process.
    func leave() -> Never { exit(rawValue) }
}
