import Testing

@testable import SkewWatch

@Suite(.timeLimit(.minutes(1))) struct ReloadMailboxTests {
    private func settings(release: String) -> Configuration {
        var configuration = Configuration()
        configuration.release = release
        return configuration
    }

    @Test func `of settings that wait only the newest are taken`() async {
        let mailbox = ReloadMailbox()
        for release in ["a", "b", "c"] { mailbox.send(settings(release: release)) }
        var letters = mailbox.letters.makeAsyncIterator()
        let letter = await letters.next(isolation: #isolation)
        #expect(letter?.configuration.release == "c")
        mailbox.close()
        #expect(await letters.next(isolation: #isolation) == nil)
    }

    @Test func `whoever sent settings that newer ones replaced has waited enough when those are in force`() async {
        let mailbox = ReloadMailbox()
        let first = mailbox.send(settings(release: "a"))
        let second = mailbox.send(settings(release: "b"))
        async let isFirstOver: Void = mailbox.waitUntilSettled(first)
        var letters = mailbox.letters.makeAsyncIterator()
        if let letter = await letters.next(isolation: #isolation) { mailbox.settle(letter) }
        await isFirstOver
        await mailbox.waitUntilSettled(second)
    }

    @Test func `nobody waits for a mailbox that is closed`() async {
        let mailbox = ReloadMailbox()
        let number = mailbox.send(settings(release: "a"))
        async let isOver: Void = mailbox.waitUntilSettled(number)
        mailbox.close()
        await isOver
        await mailbox.waitUntilSettled(mailbox.send(settings(release: "b")))
    }
}
