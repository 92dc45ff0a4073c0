extension SubscriptionRequests {
    /// All that is known of one connection that has asked to watch.
    struct Entry: Sendable {
        /// What lets it watch.
        private struct Right: Sendable {
            /// What was asked; put again to renew it.
            var request: SubscriptionRequest
            var grant: Grant
            /// When to look at it next: at its end, or before it where it may be renewed.
            var look: Duration?

            func hasEnded(at now: Duration) -> Bool { grant.expires.map { $0 <= now } ?? false }
        }

        /// How long to wait before a request is put again that found no decision.
        private static let pause = Duration.seconds(1)

        private var right: Right?
        /// What is being decided.
        private var current: SubscriptionRequest?
        /// Nobody wants to know any more what becomes of `current`; it stays there, so that a client can't have two out.
        private var isVoid = false
        /// The newest request that came while `current` was being decided, or that waits until `nextAt` to be put again.
        private var next: SubscriptionRequest?
        private var nextAt: Duration?
        private var wasDenied = false

        var isEmpty: Bool { right == nil && current == nil && next == nil && !wasDenied }
        var grant: Grant? { right?.grant }
        /// When to look at it next.
        var deadline: Duration? { [right?.look, nextAt].compactMap(\.self).min() }
    }
}

// MARK: Events

extension SubscriptionRequests.Entry {
    typealias Action = SubscriptionRequests.Action

    mutating func asked(_ request: SubscriptionRequest, _ lastNumber: inout Int, _ epoch: Int) -> [Action] {
        next = request
        return submitNext(&lastNumber, epoch)
    }

    mutating func withdrawn() {
        right = nil
        isVoid = current != nil
        (next, nextAt) = (nil, nil)
    }

    mutating func decided(
        _ request: SubscriptionRequest, _ decision: Decision, _ lastNumber: inout Int, _ now: Duration, _ epoch: Int
    ) -> [Action] {
        guard let current, current.number == request.number else { return [] }
        let isVoid = isVoid
        (self.current, self.isVoid) = (nil, false)
        var actions: [Action] = []
        if isVoid {
            // Only what was asked since counts.
        } else if request.epoch != epoch, decision.isFinal {
            // Put again under the new epoch; what the client has asked since says more.
            next = next ?? request
        } else {
            actions = conclude(request, decision, now)
        }
        return actions + submitNext(&lastNumber, epoch)
    }

    /// Puts what was granted again; until there is a decision it holds to its end. A request of the client's own decides instead.
    mutating func renew(_ lastNumber: inout Int, _ epoch: Int) -> [Action] {
        guard let right else { return [] }
        self.right?.look = right.grant.expires
        guard current == nil, next == nil else { return [] }
        var request = right.request
        request.purpose = .renewal
        return submit(request, &lastNumber, epoch)
    }

    mutating func passTime(_ lastNumber: inout Int, _ now: Duration, _ epoch: Int) -> [Action] {
        var actions: [Action] = []
        if let right, right.hasEnded(at: now) {
            actions = end(.expired)
        } else if let look = right?.look, look <= now {
            actions = renew(&lastNumber, epoch)
        }
        if let time = nextAt, time <= now {
            nextAt = nil
            actions += submitNext(&lastNumber, epoch)
        }
        return actions
    }

    mutating func end(_ reason: AuditLog.End) -> [Action] {
        guard let ended = right else { return [] }
        right = nil
        return [.end(ended.request, ended.grant, reason)]
    }
}

// MARK: Steps

extension SubscriptionRequests.Entry {
    /// Puts what waits, unless something is being decided or its time has not come.
    private mutating func submitNext(_ lastNumber: inout Int, _ epoch: Int) -> [Action] {
        guard current == nil, nextAt == nil, let request = next else { return [] }
        next = nil
        return submit(request, &lastNumber, epoch)
    }

    private mutating func submit(_ request: SubscriptionRequest, _ lastNumber: inout Int, _ epoch: Int) -> [Action] {
        lastNumber += 1
        var request = request
        (request.number, request.epoch) = (lastNumber, epoch)
        request.standing = right != nil ? .watching : wasDenied ? .denied : .newcomer
        current = request
        return [.submit(request)]
    }

    private mutating func conclude(_ request: SubscriptionRequest, _ decision: Decision, _ now: Duration) -> [Action] {
        switch (decision, request.purpose) {
        case (.granted(let grant), .subscription):
            return admit(request, grant, now)
        case (.granted(let grant), .renewal):
            guard let right else { return [] }
            guard right.grant.scope == grant.scope else { return admit(request, grant, now) }
            self.right?.grant = grant
            return lookAgain(at: grant.nextLook(from: now))
        case (.denied(let reason), .subscription):
            return deny(request, reason)
        case (.denied, .renewal):
            return end(.withdrawn)
        case (.undecided(let reason), .subscription):
            // A viewer that asks for something else must not lose what it has.
            return right == nil ? deny(request, reason) : askAgain(request, now)
        case (.undecided, .renewal):
            // An app that restarts must not cut its viewers; but what nobody confirms must have an end.
            guard right?.grant.expires != nil else { return end(.withdrawn) }
            return lookAgain(at: now + Self.pause)
        case (.postponed, .subscription):
            return askAgain(request, now)
        case (.postponed, .renewal):
            return right == nil ? [] : lookAgain(at: now + Self.pause)
        }
    }

    private mutating func admit(_ request: SubscriptionRequest, _ grant: Grant, _ now: Duration) -> [Action] {
        let before = right?.grant
        // A client that only wants another mode is no news.
        let isNews = before?.authorizer != grant.authorizer || before?.scope != grant.scope || before?.who != grant.who
        var asked = request
        asked.purpose = .subscription
        right = Right(request: asked, grant: grant, look: grant.nextLook(from: now))
        wasDenied = false
        return [.admit(request, grant, isNews: isNews)]
    }

    private mutating func deny(_ request: SubscriptionRequest, _ reason: String) -> [Action] {
        right = nil
        wasDenied = true
        return [.deny(request, reason: reason)]
    }

    private mutating func askAgain(_ request: SubscriptionRequest, _ now: Duration) -> [Action] {
        next = next ?? request
        nextAt = now + Self.pause
        return []
    }

    private mutating func lookAgain(at time: Duration?) -> [Action] {
        let look = [time, right?.grant.expires].compactMap(\.self).min()
        right?.look = look
        return [.renew(at: look)]
    }
}

extension Decision {
    /// Whether it stays the same as long as the secrets do.
    fileprivate var isFinal: Bool {
        switch self {
        case .granted, .denied: true
        case .undecided, .postponed: false
        }
    }
}
