/// Figures per operation. `SKEWWATCH_BENCHMARKS=1 swift run -c release Benchmarks [part of a name]`
@main
enum Benchmarks {
    static func main() async throws {
        requireWorkingCounter()
        var suite = Suite(filter: CommandLine.arguments.dropFirst().first)
        suite.printHead()
        RosterBenchmarks.run(&suite)
        ChangeBenchmarks.run(&suite)
        EncodingBenchmarks.run(&suite)
        MessageBenchmarks.run(&suite)
        try await FanOutBenchmarks.run(&suite)
        try await ServerBenchmarks.run(&suite)
        print("\nChecksum \(suite.checksum): nothing was optimized away.")
    }

    /// A counter that sees nothing would show zeros everywhere.
    private static func requireWorkingCounter() {
        let before = ThreadUsage.now
        let arrays = (1...100).map { [UInt8](repeating: 0, count: $0) }
        let counted = (ThreadUsage.now - before).allocations
        precondition(counted >= arrays.count, "Allocations are not counted: the benchmarks must be linked against glibc.")
    }
}
