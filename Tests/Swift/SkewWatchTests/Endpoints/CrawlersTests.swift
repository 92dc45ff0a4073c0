import Testing
import WebSocketLoop

@testable import SkewWatch

@Suite struct CrawlersTests {
    @Test(arguments: [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "GOOGLEBOT", "DuckDuckBot/1.1", "bingbot",
        "Mozilla/5.0 (compatible; Yahoo! Slurp)", "facebookexternalhit/1.1", "Baiduspider", "my-crawler/0.1",
        "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0.0.0 Chrome-Lighthouse", "Mozilla/5.0 Google-InspectionTool/1.0",
        "Pingdom.com_bot_version_1.4", "Mediapartners-Google",
    ])
    func `a crawler is known by its name, in any case`(name: String) {
        #expect(Crawlers.includes(Array(name.utf8)))
    }

    @Test(arguments: [
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Cypress/13.6.0 Chrome/118 Electron/27 Safari/537.36", "Playwright/1.40.0",
        "", "curl/8.5", "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
        "Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36", "cubot", "bo", "b\0ot",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1", "Node.js/22",
    ])
    func `a browser, one that a test drives, a tool and a phone whose name ends like a crawler's are none`(name: String) {
        #expect(!Crawlers.includes(Array(name.utf8)))
    }

    @Test func `the client in the browser has the same list`() throws {
        let asset = try #require(Asset.at(path: Array("/client.js".utf8), basePath: ""))
        let script = String(decoding: asset.response(known: nil).body, as: UTF8.self)
        let list = try #require(script.firstMatch(of: /const bots=\/\^\(\?!\.\*(\w+)\)\.\*\(([^)]*)\)\/is[;,]/))
        #expect(list.output.1 == Crawlers.phones)
        #expect(list.output.2.split(separator: "|").map(String.init) == Crawlers.marks)
    }

    @Test func `who names nothing is no crawler, and bytes that are no text do no harm`() {
        #expect(!Crawlers.includes(nil))
        #expect(!Crawlers.includes([0xFF, 0xFE, 0x80]))
        #expect(Crawlers.includes([0xFF] + Array("bot".utf8) + [0xFF]))
    }
}
