// What people do: ask with SQL, send a file, lose the line, cancel; with and without scripts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, url } from "./browser.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const file = (rows) => ({ name: "anything.csv", mimeType: "text/csv", buffer: Buffer.from("alpha,beta\n" + "1,2\n".repeat(rows)) });

test("SQL answers without reloading the page, and keeps the history", async () => {
  const page = await open(browser, { locale: "en-IN" });
  await page.goto(`${url}/sql`);
  await page.locator("#sql").fill("SELECT 41 + 1 AS answer");
  await page.keyboard.press("Control+Enter");
  await page.locator("#answer td", { hasText: /^42$/ }).waitFor();
  await page.goto(`${url}/sql`);
  assert.ok((await page.locator(".history").innerText()).includes("41 + 1"));
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("SQL works without scripts, exports, and says what is wrong", async () => {
  const page = await open(browser, { javaScriptEnabled: false, locale: "en-IN" });
  await page.goto(`${url}/sql`);
  await page.locator("#sql").fill("SELECT 'क ख' AS text, 7 AS n");
  await page.locator("main button.primary").click();
  assert.ok((await page.locator("#answer").innerText()).includes("क ख"));
  for (const format of ["csv", "xlsx", "parquet", "json"]) {
    const href = await page.locator(`#answer a[href$="format=${format}"]`).getAttribute("href");
    const answer = await page.request.get(url + href);
    assert.ok(answer.ok() && (await answer.body()).length > 5, format);
  }
  await page.locator("#sql").fill("DELETE FROM clean.cctns_fir");
  await page.locator("main button.primary").click();
  assert.equal(await page.locator("#answer .note.bad").count(), 1);
  await page.context().close();
});

test("a long query can be stopped", async () => {
  const page = await open(browser, { javaScriptEnabled: false, locale: "en-IN" });
  await page.goto(`${url}/sql`);
  await page.locator("#sql").fill("SELECT count(*) FROM generate_series(1, 3000000) a, generate_series(1, 3000000) b WHERE a.value % 7 = b.value % 11");
  await page.locator("main button.primary").click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.locator("#answer .note.warn").waitFor();
  await page.context().close();
});

test("a file goes in without scripts, and an unknown one is refused in words", async () => {
  const page = await open(browser, { javaScriptEnabled: false, locale: "en-IN" });
  await page.goto(`${url}/upload`);
  await page.locator("main button.primary").click();
  assert.equal(await page.locator(".error-summary").count(), 1);
  assert.equal(await page.locator("#file-error").count(), 1);
  await page.locator("#file").setInputFiles(file(10));
  await page.locator("main button.primary").click();
  for (let i = 0; i < 50 && (await page.locator(".badge.big.info").count()); i++) {
    await page.waitForTimeout(200);
    await page.reload();
  }
  assert.equal(await page.locator(".note.bad .message").count(), 1);
  await page.context().close();
});

test("a broken line loses nothing: the upload goes on where it stopped", async () => {
  const page = await open(browser, { locale: "en-IN" });
  await page.goto(`${url}/upload`);
  let parts = 0;
  const offsets = [];
  await page.route("**/uploads/*", async (route) => {
    if (route.request().method() !== "PATCH") return route.continue();
    offsets.push(Number(route.request().headers()["upload-offset"]));
    // The second part is lost on the way once.
    return ++parts === 2 ? route.abort("connectionreset") : route.continue();
  });
  await page.locator("#file").setInputFiles(file(3_000_000));
  await page.locator("main button.primary").click();
  await page.waitForURL("**/runs/**", { timeout: 30_000 });
  assert.ok(parts >= 4, `${parts} parts`);
  assert.equal(offsets[1], offsets[2], "the lost part is sent again");
  await page.context().close();
});

test("an upload can be cancelled, and nothing of it stays", async () => {
  const page = await open(browser, { locale: "en-IN" });
  await page.goto(`${url}/upload`);
  await page.route("**/uploads/*", async (route) => {
    if (route.request().method() === "PATCH") await new Promise((resolve) => setTimeout(resolve, 1500));
    return route.continue().catch(() => undefined);
  });
  await page.locator("#file").setInputFiles(file(3_000_000));
  await page.locator("main button.primary").click();
  const gone = page.waitForResponse((response) => response.request().method() === "DELETE");
  await page.locator("[data-cancel]").click();
  assert.equal((await gone).status(), 204);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.goto(`${url}/upload`);
  assert.equal(await page.locator("#pending").count(), 0);
  await page.context().close();
});

test("bytes at the wrong place are refused with the right one", async () => {
  const page = await open(browser, { locale: "en-IN" });
  await page.goto(`${url}/upload`);
  const token = await page.locator("input[name=token]").first().getAttribute("value");
  const headers = { "X-Form-Token": token, "Tus-Resumable": "1.0.0", Accept: "application/json" };
  const made = await page.request.post(`${url}/uploads`, { headers: { ...headers, "Upload-Length": "10", "Upload-Metadata": "filename YS5jc3Y=" } });
  assert.equal(made.status(), 201);
  const place = url + made.headers()["location"];
  const wrong = await page.request.patch(place, { headers: { ...headers, "Upload-Offset": "5" }, data: "xxxxx" });
  assert.equal(wrong.status(), 409);
  assert.equal((await page.request.head(place, { headers })).headers()["upload-offset"], "0");
  const long = await page.request.patch(place, { headers: { ...headers, "Upload-Offset": "0" }, data: "x".repeat(11) });
  assert.equal(long.status(), 400);
  assert.equal((await page.request.delete(place, { headers })).status(), 204);
  assert.equal((await page.request.head(place, { headers })).status(), 404);
  await page.context().close();
});
