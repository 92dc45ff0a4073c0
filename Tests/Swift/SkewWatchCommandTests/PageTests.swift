import Foundation
import SkewWatch
import Testing

@testable import SkewWatchCommand

/// Completions and the manual are made from the table: nothing of it is missing.
@Suite struct PageTests {
    private static let flags = SettingsTable.options.map(\.flag)

    @Test(arguments: CompletionScript.Shell.allCases)
    func `completions know every command and every setting`(shell: CompletionScript.Shell) {
        let text = CompletionScript.text(for: shell)
        for command in CommandSummary.all { #expect(text.contains(command.name), "\(command.name)") }
        for flag in Self.flags + ["--token-file", "--admin-token-file", "--once"] {
            let shown = shell == .fish ? "-l \(flag.dropFirst(2))" : flag
            #expect(text.contains(shown), "\(flag)")
        }
    }

    /// What bash offers for a line whose last word is being typed.
    private func offered(_ words: [String]) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "skewwatch-\(UUID())")
        try CompletionScript.text(for: .bash).write(to: folder, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: folder) }
        let bash = Process()
        let output = Pipe()
        bash.executableURL = URL(filePath: "/bin/bash")
        let line = words.map { "'\($0)'" }.joined(separator: " ")
        bash.arguments = [
            "--norc", "-c",
            "source '\(folder.path)'; compopt() { echo FILES; }; COMP_WORDS=(\(line)); COMP_CWORD=\(words.count - 1); _skewwatch; printf '%s\\n' \"${COMPREPLY[@]}\"",
        ]
        bash.standardOutput = output
        try bash.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        bash.waitUntilExit()
        #expect(bash.terminationStatus == 0)
        return text.split(separator: "\n").map(String.init)
    }

    @Test func `bash completes commands, flags, words and files`() throws {
        #expect(try offered(["skewwatch", "wa"]).contains("watch"))
        #expect(try offered(["skewwatch", "serve", "--max-r"]) == ["--max-routes"])
        #expect(try offered(["skewwatch", "serve", "--log-level", "de"]) == ["debug"])
        #expect(try offered(["skewwatch", "serve", "--route-tracking", "="]) == ["true", "false"])
        #expect(try offered(["skewwatch", "--tls-cert", "x"]).contains("FILES"))
        #expect(try offered(["skewwatch", "watch", "--on"]) == ["--once"])
        #expect(try offered(["skewwatch", "check", "--port", ""]) == [])
        #expect(try offered(["skewwatch", "serve", "--data-dir", "x"]).contains("FILES"))
        #expect(try offered(["skewwatch", "announce", "--adm"]) == ["--admin-token-file"])
        #expect(try offered(["skewwatch", "check", "--dee"]) == ["--deep"])
        #expect(try offered(["skewwatch", "serve", "--dee"]) == [])
        #expect(try offered(["skewwatch", "completion", ""]) == ["bash", "zsh", "fish", "--help"])
    }

    @Test func `every flag of a command's usage is known to completions and the manual`() throws {
        for command in CommandSummary.all {
            let help = try RunningCommand(command.name, "--help").finish().output
            let usage = help.firstMatch(of: #/(?s)USAGE: (.*?)\n\n/#)?.1 ?? ""
            for flag in usage.matches(of: #/--[a-z-]+/#).map({ String($0.output) }) {
                #expect(command.flags.contains { $0.flag == flag }, "\(command.name) \(flag)")
                #expect(ManualPage.text.contains("\n.B \(flag.replacing("-", with: "\\-"))\n"), "\(flag)")
            }
        }
    }

    @Test func `the manual has every command, setting and exit status, and no line that roff would take for its own`() throws {
        let lines = ManualPage.text.split(separator: "\n")
        let text = ManualPage.text.replacing("\\-", with: "-")
        for command in CommandSummary.all { #expect(text.contains("\n.B \(command.name)")) }
        for flag in Self.flags { #expect(text.contains("\n.BR \(flag) "), "\(flag)") }
        for (status, _) in HelpPage.statuses { #expect(text.contains("\n.B \(status)\n")) }
        for line in lines where line.hasPrefix(".") || line.hasPrefix("'") {
            #expect(line.firstMatch(of: /^\.(\\"|TH|SH|SS|TP|B|BR|RI|RS|RE)( |$)/) != nil, "\(line)")
        }
    }
}
