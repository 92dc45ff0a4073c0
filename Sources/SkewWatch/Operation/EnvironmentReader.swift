/// Finds settings among the environment's variables.
enum EnvironmentReader {
    /// The settings, and warnings about variables that look like settings and are none.
    ///
    /// An unknown variable is no error: the environment is shared, and Kubernetes puts variables for each Service into it. For a Service
    /// called `skewwatch` these are `SKEWWATCH_SERVICE_HOST`, `SKEWWATCH_PORT=tcp://…`, `SKEWWATCH_PORT_8080_TCP` and more.
    static func read(_ environment: [String: String]) -> (settings: [GivenSetting], warnings: [String]) {
        var settings: [GivenSetting] = []
        var warnings: [String] = []
        for (variable, text) in environment.sorted(by: { $0.key < $1.key }) where variable.hasPrefix(Setting.environmentPrefix) {
            if isOfKubernetes(variable, text) {
                if variable == "SKEWWATCH_PORT" {
                    warnings.append("SKEWWATCH_PORT is ignored: its value is what Kubernetes sets for a Service called skewwatch.")
                }
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

    private static func isOfKubernetes(_ variable: String, _ text: String) -> Bool {
        let rest = variable.dropFirst(Setting.environmentPrefix.count)
        if rest == "PORT" { return text.hasPrefix("tcp://") || text.hasPrefix("udp://") }
        return rest.hasPrefix("SERVICE_") || rest.hasPrefix("PORT_")
    }
}
