/// What the crowd itself knows, to hold the server's words against.
extension Crowd {
    /// What the server should be telling now.
    var truth: Truth {
        var truth = Truth(knowsRows: settings.learnsIDs)
        let (version, route) = (settings.versions.names[0], settings.routes.names[0])
        for id in tabs + [marker].compactMap(\.self) {
            guard let tab = tab(id) else { continue }
            truth.add(.init(id: tab.wireID ?? "tab \(id.slot)", version: tab.version, route: tab.route))
        }
        for subscriber in subscribers where subscriber.isOpen && subscriber.ending == nil && !settings.pages.observes {
            truth.add(.init(id: subscriber.wireID ?? "subscriber \(subscriber.id.slot)", version: version, route: route))
        }
        for id in slow { truth.add(.init(id: "slow \(id.slot)", version: version, route: route)) }
        return truth
    }

    /// Compares what every checked subscriber believes with what is so.
    func compareWithTruth() {
        let truth = truth
        for subscriber in subscribers where subscriber.isWatching { add(subscriber.checker.compare(with: truth)) }
    }
}
