import Presence
import Testing

@testable import SkewProtocol

@Suite struct ClusterReportTests {
    private let whole = ClusterReport(up: 3, joining: 0, leaving: 1, lost: 0, partial: [], returning: 0)
    private let form = StatisticsForm(scope: .counts, listsConnections: false, tracksRoutes: false)

    private func stats(_ report: ClusterReport?) -> String {
        var encoder = StatisticsEncoder(form: form, envelope: .admin)
        encoder.begin(total: 4, versions: [:], routes: [:])
        return String(decoding: encoder.finish(sequence: 1, timestampMilliseconds: 2, truncated: 0, cluster: report), as: UTF8.self)
    }

    private func delta(_ report: ClusterReport?) -> String {
        let bytes = StatisticsDeltaEncoder.encode(StatisticsDelta(total: 4, listed: 0), sequence: 2, form: form, cluster: report)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a node alone says nothing of nodes`() {
        #expect(!stats(nil).contains("nodes") && !delta(nil).contains("nodes"))
    }

    @Test func `whole numbers of several nodes say how many nodes there are`() {
        let nodes = #""nodes":{"up":3,"joining":0,"leaving":1,"lost":0}"#
        #expect(stats(whole) == #"{"total":4,"versions":{},"seq":1,"timestamp":2,\#(nodes)}"#)
        // Who keeps what a delta does not say would keep a doubt for ever.
        #expect(delta(whole) == #"{"type":"stats-delta","seq":2,"total":4,\#(nodes),"partial":[],"returning":0}"#)
    }

    @Test func `a doubt is named, and so is who is on the way back`() {
        var report = whole
        (report.partial, report.returning) = (["link", "lost"], 7)
        for text in [stats(report), delta(report)] { #expect(text.hasSuffix(#","partial":["link","lost"],"returning":7}"#)) }
    }
}
