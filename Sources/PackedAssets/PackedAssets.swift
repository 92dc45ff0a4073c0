import Foundation
import PackagePlugin

/// Puts the files that browsers load into the binary, each also compressed, while the package is built.
@main struct PackedAssets: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = target.directoryURL.appending(path: "Web/Assets")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        let tools = ["pack.sh", "bundle.sh", "tokens.awk", "names.awk", "squeeze.awk"]
            .map { context.package.directoryURL.appending(path: "Sources/PackedAssets/\($0)") }
        let compressor = try context.tool(named: "AssetCompressor").url
        let package = ["Sources/PackedAssets/client-package.sh", "LICENSE"].map { context.package.directoryURL.appending(path: $0) }
        let packed = context.pluginWorkDirectoryURL.appending(path: "PackedFiles.swift")
        return [
            .buildCommand(
                displayName: "Packing the files that browsers load", executable: URL(filePath: "/bin/sh"),
                arguments: ([tools[0], compressor, packed] + files).map { $0.path(percentEncoded: false) },
                inputFiles: files + package + tools + [compressor], outputFiles: [packed])
        ]
    }
}
