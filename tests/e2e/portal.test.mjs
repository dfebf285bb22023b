// The public portal: valid HTML, axe clean, no cookie, nothing from elsewhere, whole without a script, fits a phone, may be cached.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { HtmlValidate } from "html-validate";
import { launch } from "./browser.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const portal = process.env.SAROVAR_PUBLIC_URL;
const seeded = JSON.parse(process.env.SAROVAR_SEEDED);
// Every kind of page, those of single messages and campaigns too.
const places = ["", "latest", "achievements", "law", "campaigns", "stations", "corrections", "tip", "feedback", "rules", "privacy", "copyright", "accessibility", "terms", "contact", "sitemap", `campaign/${seeded.campaign}`].concat(
  seeded.messages.map((message) => `post/${message.id}`),
);
// Style of writing is not validity: our templates close no void elements and are free in white space.
const validate = new HtmlValidate({ extends: ["html-validate:standard"], rules: { "no-trailing-whitespace": "off", "long-title": "off", "tel-non-breaking": "off", "no-redundant-role": "off" } });
let browser;

before(async () => {
  browser = await launch();
});
after(() => browser.close());

for (const lang of ["hi", "en"]) {
  test(`the portal's pages in ${lang}`, async (t) => {
    const context = await browser.newContext({ javaScriptEnabled: true, viewport: { width: 360, height: 740 } });
    const page = await context.newPage();
    for (const place of places) {
      await t.test(place || "home", async () => {
        const address = `${portal}/${lang}/${place}`;
        const answer = await page.goto(address);
        assert.equal(answer.status(), 200);
        assert.equal(await page.locator("html").getAttribute("lang"), lang);
        const report = await validate.validateString(await answer.text());
        const told = report.results.flatMap((r) => r.messages.map((m) => `${m.line}:${m.column} ${m.ruleId} ${m.message}`));
        assert.deepEqual(told, []);
        const found = await page.evaluate(`${axe}; axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] })`);
        assert.deepEqual(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" ")}`), []);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(over <= 0, `${over} px too wide`);
        assert.deepEqual(await context.cookies(), []);
      });
    }
    await context.close();
  });
}

test("a page that did not change is not sent twice", async () => {
  const first = await fetch(`${portal}/en/law`);
  assert.match(first.headers.get("cache-control"), /public/);
  const again = await fetch(`${portal}/en/law`, { headers: { "if-none-match": first.headers.get("etag") } });
  assert.equal(again.status, 304);
});

test("what is not there is said in the page's language", async () => {
  const lost = await fetch(`${portal}/en/nothing`);
  assert.equal(lost.status, 404);
  assert.match(await lost.text(), /was not found/);
});

test("an edited message says so and shows what it said before", async () => {
  const edited = seeded.messages.find((m) => m.updated !== m.at);
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(`${portal}/en/post/${edited.id}`);
  const main = page.locator("main");
  assert.match(await main.innerText(), /Edited/);
  await page.getByRole("link", { name: "What it said before" }).click();
  assert.equal(await page.locator("#earlier ~ ul s").innerText(), "Fines <on the spot> are true.");
  assert.match(await main.innerText(), /X @thana1\s+still with the earlier words/);
  await page.goto(`${portal}/hi/latest`);
  assert.equal(await page.getByRole("link", { name: /संशोधित/ }).count(), 1);
  await page.close();
});
