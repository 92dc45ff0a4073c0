/// Why a command ends without having done what was asked.
struct CommandFailure: Error {
    /// One sentence for standard error.
    let sentence: String
    let status: ExitStatus
}
