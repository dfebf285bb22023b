// Every page in both languages: it renders, axe is clean, no policy is broken, it fits a phone and its weight.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch, open, url } from "./browser.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const own = ["/", "/search", "/search?q=9829012345", "/sources", "/upload", "/runs", "/quarantine", "/catalogue", "/catalogue?q=zzzz", "/catalogue/clean.cctns_fir", "/quarantine/cctns.fir", "/sql", "/gallery", "/audit", "/audit?key=9829012345", "/audit/0", "/desk", "/desk/new", "/desk/calendar", "/desk/calendar?view=week", "/desk/queue", "/desk/outbox", "/desk/inbox", "/desk/orders", "/desk/channels", "/desk/media", "/desk/many", "/desk/campaigns", "/desk/report", "/desk/shelf", "/pulls", "/contracts/new", "/audit/watch", "/review", "/review/quality", "/audit/person?key=7000000101", "/audit/officer?who=operator"];
const wrong = ["/nowhere", "/object/00", "/catalogue/clean.nothing", "/runs/nothing", "/quarantine/no.source", "/audit/99999999", "/audit/log/signing.key"];
let browser;
let examples = [];

before(async () => {
  browser = await launch();
  const html = await (await fetch(`${url}/gallery`)).text();
  examples = [...html.matchAll(/href="(\/gallery\/[a-z-]+)"/g)].map((hit) => hit[1]);
  examples = [...new Set(examples)];
});
after(() => browser.close());

for (const lang of ["hi", "en"]) {
  test(`pages are whole and accessible in ${lang}`, async (t) => {
    assert.ok(examples.length > 15, "the gallery lists its examples");
    const page = await open(browser, { bypassCSP: false });
    for (const path of [...own, ...wrong, ...examples]) {
      await t.test(path, async () => {
        // What an example before it still asks for (a run in progress looks for news) is not this page's.
        await page.goto("about:blank");
        page.faults.length = 0;
        const answer = await page.goto(`${url}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`);
        assert.equal(answer.ok(), !wrong.includes(path), `${answer.status()}`);
        assert.equal(await page.locator("html").getAttribute("lang"), lang);
        assert.equal(await page.locator("h1").count(), 1);
        const faults = page.faults.filter((text) => !(wrong.includes(path) && text.includes("status of 404")));
        assert.deepEqual(faults, []);
        // Evaluated by the debugger, so that our own policy stays in force on the page.
        const found = await page.evaluate(`${axe}; axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] })`);
        assert.deepEqual(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" ")}`), []);
      });
    }
    await page.context().close();
  });
}

test("no page is wider than a phone", async () => {
  const page = await open(browser, { viewport: { width: 360, height: 740 } });
  for (const path of [...own, ...examples]) {
    await page.goto(url + path);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 0, `${path} is ${over} px too wide`);
  }
  await page.context().close();
});

test("the first visit weighs at most 40 KiB", async () => {
  const page = await open(browser);
  const session = await page.context().newCDPSession(page);
  let bytes = 0;
  await session.send("Network.enable");
  session.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
  await page.goto(`${url}/gallery/home`, { waitUntil: "networkidle" });
  assert.ok(bytes > 10_000 && bytes <= 40 * 1024, `${bytes} bytes`);
  await page.context().close();
});

test("the keyboard reaches the content first, then everything in order", async () => {
  const page = await open(browser);
  await page.goto(`${url}/`);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await page.goto(`${url}/search`);
  const order = [];
  for (let i = 0; i < 5; i++) {
    await page.keyboard.press("Tab");
    order.push(await page.evaluate(() => document.activeElement.className || document.activeElement.id || document.activeElement.lang));
  }
  assert.deepEqual(order.slice(0, 4), ["skip", "brand", "find", "quiet-button"]);
  await page.context().close();
});

test("the language stays chosen, and the switch stays on the page", async () => {
  const page = await open(browser);
  await page.goto(`${url}/catalogue?q=fir`);
  await page.getByRole("link", { name: "English" }).click();
  assert.equal(new URL(page.url()).pathname, "/catalogue");
  assert.equal(await page.locator("#q").inputValue(), "fir");
  await page.goto(`${url}/sources`);
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await page.context().close();
});

test("paper gets the facts and their origin, not the controls", async () => {
  const page = await open(browser);
  await page.goto(`${url}/gallery/person`);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".side").isVisible(), false);
  assert.equal(await page.locator(".find").isVisible(), false);
  assert.equal(await page.locator(".origin").first().isVisible(), true);
  assert.equal(await page.locator(".purpose").isVisible(), true);
  await page.context().close();
});

test("a phone opens and leaves the menu without a script", async () => {
  const page = await open(browser, { viewport: { width: 360, height: 740 }, javaScriptEnabled: false });
  await page.goto(`${url}/gallery/desk`);
  const menu = page.locator(".side");
  assert.equal(await menu.isVisible(), false);
  await page.locator(".menu-open").click();
  assert.equal(await menu.isVisible(), true);
  const wide = await menu.evaluate((nav) => [nav.scrollWidth - nav.clientWidth, document.documentElement.scrollWidth - document.documentElement.clientWidth]);
  assert.deepEqual(wide, [0, 0]);
  const low = await menu.locator("a").evaluateAll((links) => links.filter((link) => link.getBoundingClientRect().height < 44).length);
  assert.equal(low, 0, "every entry is large enough for a finger");
  await page.locator(".menu-close").click();
  assert.equal(await menu.isVisible(), false);
  await page.setViewportSize({ width: 1200, height: 800 });
  assert.equal(await menu.isVisible(), true);
  assert.equal(await page.locator(".menu-open").isVisible(), false);
  await page.context().close();
});

test("a form from elsewhere changes nothing", async () => {
  const answer = await fetch(`${url}/sql`, { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded", Origin: "http://elsewhere.example" }, body: "sql=SELECT+1" });
  assert.equal(answer.status, 403);
  const without = await fetch(`${url}/sql`, { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: "sql=SELECT+1" });
  assert.equal(without.status, 403);
});

test("a program gets its errors as JSON", async () => {
  const answer = await fetch(`${url}/catalogue/clean.nothing`, { headers: { Accept: "application/json" } });
  assert.equal(answer.status, 404);
  assert.equal((await answer.json()).error.code, "no-table");
});
