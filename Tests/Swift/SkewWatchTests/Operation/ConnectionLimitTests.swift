import Testing

@testable import SkewWatch

@Suite struct ConnectionLimitTests {
    @Test func `without a setting it is what files and memory hold, and the smaller one is named`() {
        let files = ConnectionLimit(asked: nil, files: 131_072, memory: nil)
        #expect(files.count == 131_008 && files.reason == .files && files.warning == nil)
        #expect("\(files)" == "at most 131008, by the limit of open files (131072)")
        let memory = ConnectionLimit(asked: nil, files: 131_072, memory: 256 << 20)
        #expect(memory.count == 38_229 && memory.reason == .memory && memory.warning == nil)
        #expect("\(memory)" == "at most 38229, by the limit of memory (256 MB)")
        #expect(ConnectionLimit(asked: nil, files: 1024, memory: 256 << 20).reason == .files)
        // Each takes three files through TLS.
        #expect(ConnectionLimit(asked: nil, files: 131_072, memory: nil, isTLS: true).count == 43_669)
        #expect(ConnectionLimit(asked: nil, files: 131_072, memory: 256 << 20, isTLS: true).count == 9557)
    }

    @Test func `a setting counts as far as the machine holds it`() {
        let small = ConnectionLimit(asked: 100, files: 1024, memory: 64 << 20)
        #expect(small.count == 100 && small.reason == .setting && small.warning == nil && "\(small)" == "at most 100")
        let large = ConnectionLimit(asked: 50_000, files: 131_072, memory: 256 << 20)
        #expect(large.count == 38_229 && large.reason == .memory)
        #expect(
            large.warning == "--max-connections 50000 is more than the memory of its container (256 MB) allows: at most 38229 are taken.")
    }

    @Test func `few files are warned about where nobody asked for few connections`() {
        #expect(
            ConnectionLimit(asked: nil, files: 1024, memory: nil).warning
                == "Only 1024 files may be open, so only 960 connections; raise the limit (ulimit -n).")
        #expect(ConnectionLimit(asked: 960, files: 1024, memory: nil).warning == nil)
        #expect(ConnectionLimit(asked: 961, files: 1024, memory: nil).warning?.contains("ulimit -n") == true)
    }

    @Test func `a machine that holds nothing takes one`() {
        #expect(ConnectionLimit(asked: nil, files: 10, memory: 1).count == 1)
    }
}

@Suite struct MemoryLimitTests {
    private func limit(_ groups: String, _ files: [String: String]) -> Int? { MemoryLimit.of(groups: groups, read: { files[$0] }) }

    @Test func `a container of version 2 sees its own group as the root`() {
        #expect(limit("0::/\n", ["/sys/fs/cgroup/memory.max": "268435456\n"]) == 268_435_456)
        #expect(limit("0::/\n", ["/sys/fs/cgroup/memory.max": "max\n"]) == nil)
        #expect(limit("0::/\n", [:]) == nil)
    }

    @Test func `the smallest limit on the way to the root counts`() {
        let files = [
            "/sys/fs/cgroup/system.slice/skewwatch.service/memory.max": "max\n", "/sys/fs/cgroup/system.slice/memory.max": "1000000\n",
            "/sys/fs/cgroup/memory.max": "2000000\n",
        ]
        #expect(limit("0::/system.slice/skewwatch.service\n", files) == 1_000_000)
    }

    @Test func `version 1 has a group of its own for memory, and a number that is none`() {
        let groups = "11:cpu,cpuacct:/docker/abc\n7:memory:/docker/abc\n1:name=systemd:/docker/abc\n"
        #expect(limit(groups, ["/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": "536870912\n"]) == 536_870_912)
        // A container sees the outer path and, under its mount, only its own group.
        #expect(limit(groups, ["/sys/fs/cgroup/memory/memory.limit_in_bytes": "536870912\n"]) == 536_870_912)
        #expect(limit(groups, ["/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"]) == nil)
    }

    @Test(arguments: ["", "nonsense", "0:", "::", "0::relative"]) func `nonsense is no limit`(groups: String) {
        #expect(limit(groups, ["/sys/fs/cgroup/memory.max": "junk", "/sys/fs/cgroup/relative/memory.max": "-1"]) == nil)
    }
}
