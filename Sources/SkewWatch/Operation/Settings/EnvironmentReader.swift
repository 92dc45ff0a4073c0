/// Finds settings among the environment's variables.
enum EnvironmentReader {
    /// The settings, and warnings about variables that look like settings and are none.
    ///
    /// An unknown variable is no error: the environment is shared, and Kubernetes puts variables for each Service into it. For a Service
    /// called `skewwatch` these are `SKEWWATCH_SERVICE_HOST`, `SKEWWATCH_PORT=tcp://…`, `SKEWWATCH_PORT_8080_TCP` and more; for one called
    /// `skewwatch-internal` they begin with `SKEWWATCH_INTERNAL_`.
    ///
    /// An empty variable is one that is not set: compose's `${RELEASE:-}` and Helm's `value: ""` hand such ones over.
    static func read(_ environment: [String: String]) -> (settings: [GivenSetting], warnings: [String]) {
        var settings: [GivenSetting] = []
        var warnings: [String] = []
        for (variable, text) in environment.sorted(by: { $0.key < $1.key })
        where variable.hasPrefix(Setting.environmentPrefix) && !text.isEmpty {
            if isAddressByKubernetes(variable, text) {
                warnings.append("\(variable) is ignored: its value is what Kubernetes sets for a Service of that name.")
            } else if isMadeByKubernetes(variable) {
                continue
            } else if let name = SettingsTable.inEnvironment(variable) {
                settings.append(GivenSetting(name: name, text: text, source: .environment(variable)))
            } else {
                let nearest = SettingsTable.nearest(to: variable, among: SettingsTable.names.map(\.environment))
                let hint = nearest.map { "; did you mean \($0)?" } ?? "."
                warnings.append("The environment variable \(variable.quoted) is not a setting\(hint)")
            }
        }
        return (settings, warnings)
    }

    /// A variable that may have the name of a setting and has the address of a Service.
    private static func isAddressByKubernetes(_ variable: String, _ text: String) -> Bool {
        variable.hasSuffix("_PORT") && ["tcp://", "udp://", "sctp://"].contains { text.hasPrefix($0) }
    }

    /// A variable that no setting has the name of.
    private static func isMadeByKubernetes(_ variable: String) -> Bool {
        ["_SERVICE_HOST", "_SERVICE_PORT", "_PORT_"].contains { variable.contains($0) }
    }
}
