/// Measures one operation after the other and prints a row of a table for each.
struct Suite {
    /// Rounds of each benchmark; their median is shown.
    static let rounds = 9
    /// CPU of a round at least, in nanoseconds: a thousand times what reading the clock costs.
    private static let roundLength = 10_000_000

    private let filter: String?
    /// Depends on every result, so that the compiler can drop none.
    private(set) var checksum = 0

    /// A suite of the benchmarks whose name contains `filter`; of all without one.
    init(filter: String?) {
        self.filter = filter
    }

    func wants(_ name: String) -> Bool { filter.map { name.contains($0) } ?? true }

    func printHead() {
        print("| operation | ns | slowest round | allocations |\n|---|---:|---:|---:|")
    }

    /// Measures `work`, which does `operations` of them and returns a number that depends on what it did.
    ///
    /// - Parameter setUp: called before each `work`; neither its time nor its allocations count.
    mutating func measure(_ name: String, _ operations: Int = 1000, setUp: () -> Void = {}, work: () -> Int) {
        guard wants(name) else { return }
        for _ in 0..<3 {
            setUp()
            checksum &+= work()
        }
        setUp()
        let before = ThreadUsage.now
        checksum &+= work()
        let allocations = (ThreadUsage.now - before).allocations
        let rounds = (0..<Self.rounds).map { _ in
            var (cpu, calls) = (0, 0)
            while cpu < Self.roundLength {
                setUp()
                let start = ThreadUsage.now
                checksum &+= work()
                cpu += (ThreadUsage.now - start).cpu
                calls += 1
            }
            return Double(cpu) / Double(calls * operations)
        }
        show(name, rounds, allocations: Double(allocations) / Double(operations))
    }

    /// Shows rounds that were measured elsewhere: nanoseconds for one operation each.
    func show(_ name: String, _ rounds: [Double], allocations: Double) {
        let sorted = rounds.sorted()
        print("| \(name) | \(Self.text(sorted[sorted.count / 2])) | \(Self.text(sorted[sorted.count - 1])) | \(Self.text(allocations)) |")
    }

    /// Three significant digits, or whole numbers; an exact zero shows as 0.
    private static func text(_ value: Double) -> String {
        let places = value == 0 || value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 4
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((value * Double(scale)).rounded())
        guard places > 0 else { return String(scaled) }
        let fraction = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
    }
}
