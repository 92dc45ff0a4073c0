/// What an authorizer says.
enum Decision: Sendable, Equatable {
    case granted(Grant)
    /// With the reason in a few words for the log: never a secret, nor text that the client chose.
    case denied(String)
    /// Nobody could say, which denies who asks; who watches already may do so until what was granted ends.
    case undecided(String)
    /// Too many wait to be decided: it is asked again in a second, and nobody is denied for it.
    case postponed
}
