/// Which release is out when a server starts, after what was told before: a pure rule.
///
/// Tabs must not be told an older release than the last one, unless somebody says so. What was announced is newer than a setting that
/// nobody has touched since; a setting that was changed is newer than what was announced before it.
struct ReleaseAtStart: Sendable, Equatable {
    /// Why it is this one.
    enum Reason: Sendable, Equatable {
        /// Nothing was remembered: it is the setting, or nothing.
        case first
        /// The setting is another than at the last start with one.
        case changedSetting(former: String?)
        /// What was told last is out still.
        case toldLast
    }

    let release: String?
    let reason: Reason

    /// - Parameters:
    ///   - setting: `--release` now; nil for none.
    ///   - lastSetting: `--release` at the last start that had one; nil where there was none.
    ///   - lastTold: the newest release that is remembered, announced or set; nil for none.
    init(setting: String?, lastSetting: String?, lastTold: String?) {
        guard let lastTold else {
            (release, reason) = (setting, .first)
            return
        }
        guard let setting, setting != lastSetting else {
            (release, reason) = (lastTold, .toldLast)
            return
        }
        (release, reason) = (setting, .changedSetting(former: lastTold))
    }

    /// Whether it is to be remembered as new.
    var isNew: Bool { release != nil && reason != .toldLast }

    /// One sentence for the log.
    func sentence(setting: String?) -> String {
        switch reason {
        case .first: return "Nothing is remembered of a release; it is the one of --release."
        case .changedSetting: return "--release was changed since the last start, so it is the release; the former one was told before it."
        case .toldLast where setting == nil: return "The release is the one that was told last."
        case .toldLast where setting == release: return "The release is the one that was told last, which is that of --release."
        case .toldLast: return "--release is as it was, and another release was announced after it: that one is the release."
        }
    }
}
