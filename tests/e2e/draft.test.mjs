// A contract drafted from a sample without scripts: guessed, tried, corrected, kept, and then used by the upload page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, url } from "./browser.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const sample = "Complaint No,Mobile,Lost On,Amount\nC1,7000000101,05/01/2026,120\nC2,7000000102,06/01/2026,80\nC3,7000000103,07/01/2026,90\n";
const file = (text) => ({ name: "fraud.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
const figure = (page, kind) => page.locator(`#seen .sum-${kind} dd`).innerText();

for (const [lang, locale, name] of [["hi", "hi-IN", "bank.dhokha"], ["en", "en-IN", "bank.fraud"]]) {
  test(`a contract is drafted, tried and kept in ${lang}`, async () => {
    const page = await open(browser, { javaScriptEnabled: false, locale });
    await page.goto(`${url}/contracts/new?lang=${lang}`);
    await page.locator("#name").fill(name);
    await page.locator("main button.primary").click();
    assert.equal(await page.locator("#file-error").count(), 1, "no sample, no draft");
    // The browser tells of that answer's status, 422.
    assert.equal(page.faults.splice(0).filter((fault) => !fault.includes("422")).length, 0);
    await page.locator("#name").fill(name);
    // The last row is there twice.
    await page.locator("#file").setInputFiles(file(`${sample}C3,7000000103,07/01/2026,90\n`));
    await page.locator("main button.primary").click();
    assert.equal(await page.locator("fieldset.guess").count(), 4);
    assert.equal(await page.locator("#c1_clean").inputValue(), "phone");
    assert.equal(await page.locator("#c2_format").inputValue(), "%d/%m/%Y");
    assert.ok(await page.locator("[name=c0_required]").isChecked());
    await page.locator("#owner").fill("Cyber cell");
    await page.locator("[name=c0_key]").check();
    await page.locator("#c2_format").fill("%Y-%m-%d");
    await page.locator("button[value=preview]").click();
    assert.deepEqual([await figure(page, "in"), await figure(page, "ok"), await figure(page, "bad")], ["4", "0", "4"]);
    assert.ok((await page.locator("#seen .held").innerText()).includes("05/01/2026"));
    await page.locator("#c2_format").fill("%d/%m/%Y");
    await page.locator("button[value=preview]").click();
    assert.deepEqual([await figure(page, "in"), await figure(page, "ok"), await figure(page, "same")], ["4", "3", "1"]);
    assert.equal(await page.locator("#owner").inputValue(), "Cyber cell");
    await page.locator("button[value=save]").click();
    assert.ok(page.url().includes(`/upload?contract=${name}`), page.url());
    assert.equal(await page.locator("#contract").inputValue(), name);
    await page.locator("#file").setInputFiles(file(sample));
    await page.locator("main button.primary").click();
    for (let i = 0; i < 50 && (await page.locator(".badge.big.info").count()); i++) {
      await page.waitForTimeout(200);
      await page.reload();
    }
    assert.equal(await page.locator("main .sum-ok dd").innerText(), "3");
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("a contract that is there is not written over by accident", async () => {
  const page = await open(browser, { javaScriptEnabled: false, locale: "en-IN" });
  for (const name of ["cctns.fir", "bank.fraud"]) {
    await page.goto(`${url}/contracts/new`);
    await page.locator("#name").fill(name);
    await page.locator("#file").setInputFiles(file(sample));
    await page.locator("main button.primary").click();
    await page.locator("button[value=save]").click();
    assert.ok((await page.locator(".error-summary").innerText()).includes("is taken"));
  }
  await page.locator("[name=replace]").check();
  await page.locator("#version").fill("0.2.0");
  await page.locator("button[value=save]").click();
  assert.ok(page.url().includes("/upload?contract=bank.fraud"), page.url());
  await page.context().close();
});
