// An officer's way through a filled lake: search, person, the row a fact comes from, the received file, and back.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { demo, launch, open } from "./browser.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] };
const authority = "authority=DEMO%2F1";
let browser;
let who; // somebody in a case who owns a vehicle under another spelling
let pages; // one address of each kind

/** The first row of a query. */
async function ask(sql) {
  const answer = await fetch(`${demo}/api/v1/sql`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ sql }) });
  const { rows } = await answer.json();
  assert.ok(rows?.length, `no row for ${sql}`);
  return rows[0];
}

before(async () => {
  browser = await launch();
  const [phone, event, spelt] = await ask(`SELECT m.phone, m.event_key, o.name FROM pole.person_mention m
    JOIN pole.person_mention o ON o.phone = m.phone AND o.role = 'owner'
    WHERE m.person_key LIKE 'cctns:%' AND m.event_key IS NOT NULL AND m.name <> o.name ORDER BY m.person_key LIMIT 1`);
  const { hits } = await (await fetch(`${demo}/api/v1/search?q=${phone}`)).json();
  const { target, title: name } = hits.find((hit) => hit.target.kind === "person");
  const key = target.key;
  who = { key, name, phone, spelt };
  const [plate] = await ask("SELECT plate FROM clean.anpr_read GROUP BY plate ORDER BY count(*) DESC, plate LIMIT 1");
  const [number] = await ask("SELECT number FROM clean.telecom_cdr GROUP BY number ORDER BY count(*) DESC, number LIMIT 1");
  const [sealed] = await ask(`SELECT l.to_key FROM pole.link l LEFT JOIN pole.person_mention m ON m.person_key = l.from_key
    WHERE l.relation = 'in_case' AND m.person_key IS NULL ORDER BY l.to_key LIMIT 1`);
  const way = (event) => `/case/${event.replace("fir:", "")}`;
  pages = {
    search: `/search?q=${phone}`,
    names: `/search?q=${encodeURIComponent(name.slice(0, 4))}`,
    nothing: "/search?q=RJ14ZZ9999",
    person: `/person/${encodeURIComponent(key)}`,
    phone: `/phone/${number}`,
    records: `/phone/${number}?${authority}`,
    vehicle: `/vehicle/${plate}`,
    case: way(event),
    sealed: way(sealed),
  };
});
after(() => browser.close());

for (const lang of ["hi", "en"]) {
  for (const javaScriptEnabled of [true, false]) {
    test(`search, person, row, file and back in ${lang}, ${javaScriptEnabled ? "with" : "without"} scripts`, async () => {
      const page = await open(browser, { locale: `${lang}-IN`, javaScriptEnabled });
      await page.goto(`${demo}/?lang=${lang}`);
      await page.locator("#find").fill(`+91-${who.phone.slice(0, 5)} ${who.phone.slice(5)}`);
      await page.locator(".find button").click();
      await page.locator(`.hits a[href="${pages.person}"]`).click();
      assert.equal(await page.locator("html").getAttribute("lang"), lang);
      assert.ok([who.name, who.spelt].includes(await page.locator("h1").innerText()));
      assert.ok(await page.locator(`.groups a[href="/phone/${who.phone}"]`).count(), "the phone leads to its page");
      assert.ok((await page.locator("section:has(> .title-row > #reasons) .facts > div").count()) >= 1, "says why it is one person");
      const text = await page.locator("main").innerText();
      assert.ok(text.includes(who.name) && text.includes(who.spelt), "both spellings of the person are on his page");
      // Each fact leads to its row, the row to the received file.
      const facts = await page.locator(".groups dd").count();
      assert.equal(await page.locator(".groups dd:has(a.origin)").count(), facts, "a fact without its row");
      await page.locator(".groups .origin").first().click();
      assert.match(new URL(page.url()).pathname, /^\/object\/[0-9a-f]{64}\/row\/\d+$/);
      const back = page.locator('a[href^="/person/"]').first();
      assert.ok(await back.count(), "the row leads back to its person");
      await page.locator('main a.origin[href^="/object/"]').first().click();
      assert.match(await page.locator(".hash").innerText(), /^[0-9a-f]{64}$/);
      await page.goBack();
      await back.click();
      assert.match(new URL(page.url()).pathname, /^\/person\//);
      assert.deepEqual(page.faults, []);
      await page.context().close();
    });
  }

  test(`pages over data are accessible in ${lang}`, async (t) => {
    const page = await open(browser);
    for (const [name, path] of Object.entries(pages)) {
      await t.test(name, async () => {
        page.faults.length = 0;
        const answer = await page.goto(`${demo}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`);
        assert.ok(answer.ok(), `${path}: ${answer.status()}`);
        assert.equal(await page.locator("h1").count(), 1);
        const found = await page.evaluate(`${axe}; axe.run(document, ${JSON.stringify(rules)})`);
        assert.deepEqual(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" ")}`), []);
        assert.deepEqual(page.faults, []);
      });
    }
    await page.context().close();
  });
}

test("no page over data is wider than a phone", async () => {
  const page = await open(browser, { viewport: { width: 360, height: 740 } });
  for (const path of Object.values(pages)) {
    await page.goto(demo + path);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 0, `${path} is ${over} px too wide`);
  }
  await page.context().close();
});

test("call records are shown once an authority is stated, by a plain form", async () => {
  const page = await open(browser, { locale: "en-IN", javaScriptEnabled: false });
  await page.goto(demo + pages.phone);
  assert.equal(await page.locator("#contacts").count(), 0);
  await page.locator("input[name=authority]").fill("DEMO/1");
  await page.locator("form:has(input[name=authority]) button").click();
  assert.ok((await page.locator("section:has(> .title-row > #contacts) tbody tr").count()) > 0);
  assert.ok((await page.locator("main").innerText()).includes("DEMO/1"));
  await page.getByRole("link", { name: "हिन्दी" }).click();
  assert.ok((await page.locator("section:has(> .title-row > #contacts) tbody tr").count()) > 0, "the language switch keeps it");
  await page.context().close();
});

test("every table of a page can be taken along", async () => {
  const page = await open(browser);
  for (const path of [pages.person, pages.records, pages.vehicle, pages.case]) {
    await page.goto(demo + path);
    const hrefs = await page.locator(".exports a").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
    assert.ok(hrefs.length >= 6, path);
    for (const href of hrefs) {
      const answer = await page.request.get(demo + href);
      assert.ok(answer.ok() && (await answer.body()).length > 1, href);
    }
  }
  await page.context().close();
});

test("a withheld identity is a place without a name", async () => {
  const page = await open(browser, { locale: "en-IN" });
  await page.goto(demo + pages.sealed);
  assert.ok((await page.locator(".note.warn").innerText()).includes("BNS"));
  const line = page.locator("section:has(> .title-row > #persons) tr", { hasText: "withheld by law" }).first();
  assert.equal(await line.locator('a[href^="/person/"]').count(), 0);
  await page.context().close();
});

test("paper gets facts, links, reasons and origins, not the controls", async () => {
  const page = await open(browser);
  await page.goto(demo + pages.person);
  await page.emulateMedia({ media: "print" });
  for (const [what, visible] of [[".side", false], [".find", false], [".tabs", false], [".exports", false], [".origin", true], ["#links", true], ["#reasons", true], [".purpose", true]]) {
    assert.equal(await page.locator(what).first().isVisible(), visible, what);
  }
  const pdf = await page.pdf();
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  await page.context().close();
});

test("a person's page is light and loads no island", async () => {
  const page = await open(browser);
  const session = await page.context().newCDPSession(page);
  let bytes = 0;
  await session.send("Network.enable");
  session.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
  await page.goto(demo + pages.person, { waitUntil: "networkidle" });
  assert.ok(bytes <= 40 * 1024, `${bytes} bytes`);
  await page.context().close();
});

test("a pair is decided by its keys, and a letter in the reason decides nothing", async () => {
  const [left] = await ask("SELECT min(person_key) FROM pole.person_mention WHERE NOT sealed AND person_key LIKE 'cctns:%' AND name IS NOT NULL");
  const [right] = await ask("SELECT max(person_key) FROM pole.person_mention WHERE NOT sealed AND person_key LIKE 'cctns:%' AND name IS NOT NULL");
  const way = `/review/${encodeURIComponent(left)}/${encodeURIComponent(right)}`;
  const said = async () => (await (await fetch(`${demo}/api/v1${way}`)).json()).judgements.map((j) => j.verdict);
  const before = (await said()).length;
  const page = await open(browser, { locale: "en-IN", javaScriptEnabled: true });
  await page.goto(`${demo}${way}?lang=en`);
  await page.locator("#reason").pressSequentially("unsure");
  assert.equal((await said()).length, before, "typing a reason is no decision");
  await page.locator("h1").click();
  await page.keyboard.press("Control+u");
  assert.equal((await said()).length, before, "nor is a key of the browser's own");
  const [answer] = await Promise.all([page.waitForResponse((r) => r.request().method() === "POST"), page.keyboard.press("u")]);
  assert.equal(answer.status(), 303);
  assert.deepEqual([(await said())[0], (await said()).length], ["unsure", before + 1]);
  await page.close();
});
