internal import CLinux
internal import Glibc

/// TLS ends at the door. What comes out of it is looked at like what comes without it.
extension FrontDoor {
    /// Something came for a connection whose TLS has not begun, or is being agreed on.
    func greet(_ slot: PendingConnections.Slot, _ tls: TLSContext) {
        let (index, descriptor) = (pending[slot].socket.index, pending[slot].descriptor)
        guard let session = greetings[index] ?? tls.session(over: descriptor) else { return drop(index) }
        greetings[index] = session
        switch session.accept() {
        case .blocked(let wantsRoom):
            wait(slot)
            if wantsRoom, greetings[index] != nil { loop.watch.change(descriptor, pending[slot].socket, wantsRoom: true) }
        case .ended: drop(index)
        case .done: relay(slot, session, tls)
        }
    }

    /// TLS is agreed on: from now on an end of a pair of our own stands for the connection.
    private func relay(_ slot: PendingConnections.Slot, _ session: TLSSession, _ tls: TLSContext) {
        let (socket, descriptor) = (pending[slot].socket, pending[slot].descriptor)
        greetings[socket.index] = nil
        guard let pair = SocketPair() else {
            loop.refused(.outOfDescriptors)
            return drop(socket.index)
        }
        if pending[slot].isWatched { loop.watch.remove(descriptor) }
        let (near, far) = pair.release()
        let relay = TLSRelay(session, takingOwnershipOf: descriptor, near: near)
        relays[socket.index] = relay
        pending[slot].stand(in: far)
        guard loop.watch.add(relay.peer, socket, isRelay: true), loop.watch.add(relay.near, socket, isRelay: true) else {
            return drop(socket.index)
        }
        turn(relay, socket, tls)
        look(slot)
    }

    /// Something came, or is taken again, for one of the two ends of a relay.
    func relayWoken(_ socket: SocketID) {
        guard let relay = relays[socket.index], let tls = loop.tls else { return }
        turn(relay, socket, tls)
    }

    private func turn(_ relay: TLSRelay, _ socket: SocketID, _ tls: TLSContext) {
        let (awaitedPeer, awaitedServer, sent) = (relay.awaitsPeer, relay.awaitsServer, relay.sentBytes)
        unsafe relay.turn(through: tls.scratch)
        if relay.awaitsPeer != awaitedPeer {
            loop.watch.change(relay.peer, socket, wantsRoom: relay.awaitsPeer, isRelay: true)
        }
        if relay.awaitsServer != awaitedServer {
            loop.watch.change(relay.near, socket, wantsRoom: relay.awaitsServer, isRelay: true)
        }
        // A slow peer has its five seconds for each step here, too.
        if relay.sentBytes > sent, exchanges[socket.index]?.stage == .leaving {
            loop.deadlines.set(.goodbye, socket.index, due: loop.now + Waits.ticks(.seconds(5)))
        }
    }

    /// The connection is gone, and with it the far end of its relay.
    func forgetTLS(_ index: Int) {
        guard let tls = loop.tls else { return }
        greetings[index] = nil
        if let relay = relays.removeValue(forKey: index) { unsafe relay.finish(through: tls.scratch) }
    }
}
