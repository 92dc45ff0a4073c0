import Foundation
import PackagePlugin

/// Puts the files that browsers load into the binary, each also compressed, while the package is built.
@main struct PackedAssets: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = target.directoryURL.appending(path: "Web/Assets")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        let script = context.package.directoryURL.appending(path: "Sources/PackedAssets/pack.sh")
        let package = ["Sources/PackedAssets/client-package.sh", "LICENSE"].map { context.package.directoryURL.appending(path: $0) }
        let packed = context.pluginWorkDirectoryURL.appending(path: "PackedFiles.swift")
        return [
            .buildCommand(
                displayName: "Packing the files that browsers load", executable: URL(filePath: "/bin/sh"),
                arguments: [script.path(percentEncoded: false), packed.path(percentEncoded: false)]
                    + files.map { $0.path(percentEncoded: false) },
                inputFiles: files + package + [script], outputFiles: [packed])
        ]
    }
}
