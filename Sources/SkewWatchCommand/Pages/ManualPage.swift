internal import SkewWatch

/// The manual, `man skewwatch`, in the language of man(7): made from the commands and the table of settings.
enum ManualPage {
    static var text: String {
        var lines = [
            ".\\\" Written by `skewwatch manual`.",
            ".TH SKEWWATCH 1 \"\(date)\" \"skewwatch \(BuildInfo.version)\" \"User Commands\"",
            ".SH NAME", "skewwatch \\- knows, live, who has your web app open",
            ".SH SYNOPSIS", ".B skewwatch", ".RI [ command ]", ".RI [ arguments ]", ".SH DESCRIPTION",
            roff(
                "One server beside a web app. Each open tab keeps a connection to it, so it knows how many tabs are open, on which build and on which route, and tells it to those who are authorized. A release that is announced is told to every tab."
            ),
            ".SH COMMANDS",
        ]
        for command in CommandSummary.all {
            lines += [".TP", ".B \(roff(command.name))\(command.takesSettings ? " \\fR[\\fIsettings\\fR]" : "")", roff(command.abstract)]
            for (flag, help) in command.flags where flag != "--help" {
                lines += [".RS", ".TP", ".B \(roff(flag))", roff(help), ".RE"]
            }
        }
        lines += [".SH SETTINGS", roff(SettingsTable.rules)]
        for group in Setting.Group.allCases {
            lines.append(".SS \(roff(group.rawValue))")
            for option in SettingsTable.options where option.group == group {
                lines += [
                    ".TP", ".BR \(roff(option.flag)) \" \\fI\(roff(option.placeholder))\"",
                    roff(
                        "\(option.help) [\(option.environment)\(option.value == .file && option.flag.hasSuffix("-file") ? "" : "; default: \(option.shownDefault)")]"
                    ),
                ]
            }
        }
        lines += [".SH EXIT STATUS"]
        for (status, meaning) in HelpPage.statuses { lines += [".TP", ".B \(status)", roff(meaning)] }
        lines += [
            ".SH SIGNALS", ".TP", ".B SIGTERM, SIGINT",
            roff("Drain: connections are closed one after the other over --drain-timeout. A second one ends at once."),
            ".TP", ".B SIGHUP", roff("Secrets, tokens, keys, certificates, origins, limits and the log level are read again."),
            ".SH SEE ALSO", roff("Pages about operating, security, the wire and the settings lie in /usr/share/doc/skewwatch."),
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// Of the build; today where the build was not told.
    private static let date = BuildInfo.date.isEmpty ? WallClock.utc.prefix(10) : BuildInfo.date.prefix(10)

    /// A line of text: no command of roff, dashes that can be copied.
    private static func roff(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("\"", with: "\\(dq").replacing("`", with: "")
            .replacing("…", with: "...")
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }
}
