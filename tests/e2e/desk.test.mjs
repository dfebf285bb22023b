// The desk's pages with and without scripts: a message is dragged to another day or moved by the form, and words that were not saved are
// found again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { desk, launch, open } from "./browser.mjs";

const [post, day] = (process.env.SAROVAR_DESK_POST ?? "").split(" ");
const days = (n) => new Date(Date.parse(`${day}T00:00:00Z`) + n * 864e5).toISOString().slice(0, 10);
let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** Where the message stands in the calendar: day and time of day. */
async function stands(page) {
  await page.goto(`${desk}/desk/calendar?view=month&at=${day}&lang=en`);
  const entry = page.locator(`li[data-post="${post}"]`);
  const on = await entry.evaluate((li) => li.closest("td").dataset.day);
  return [on, await entry.locator("b").innerText()];
}

test("a message that waits is dragged to another day and keeps its hour", async () => {
  const page = await open(browser, { locale: "en-IN" });
  assert.deepEqual(await stands(page), [day, "18:30"]);
  // As a hand does it: not in one leap.
  const [from, to] = [page.locator(`li[data-post="${post}"] a`), page.locator(`td[data-day="${days(2)}"]`)];
  await to.scrollIntoViewIfNeeded();
  const [a, b] = [await from.boundingBox(), await to.boundingBox()];
  await page.mouse.move(a.x + 20, a.y + 8);
  await page.mouse.down();
  await page.mouse.move(a.x + 40, a.y + 12, { steps: 8 });
  await page.mouse.move(b.x + 20, b.y + 20, { steps: 8 });
  await page.mouse.up();
  await page.locator(`td[data-day="${days(2)}"] li[data-post="${post}"]`).waitFor();
  assert.deepEqual(await stands(page), [days(2), "18:30"]);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

for (const lang of ["hi", "en"]) {
  test(`without a script the form moves it, in ${lang}`, async () => {
    const page = await open(browser, { locale: `${lang}-IN`, javaScriptEnabled: false });
    const to = days(lang === "hi" ? 4 : 0);
    await page.goto(`${desk}/desk/calendar?view=month&at=${day}&lang=${lang}`);
    await page.locator("#move-post").selectOption(post);
    await page.locator("#move-day").fill(to);
    await page.locator("#move button").click();
    assert.deepEqual(await stands(page), [to, "18:30"]);
    await page.context().close();
  });
}

test("words that were not saved are kept while they are written, and found again", async () => {
  const page = await open(browser, { locale: "en-IN" });
  await page.goto(`${desk}/desk/new?lang=en`);
  await page.locator("#english").fill("The road is closed on Sunday.");
  await page.locator("#english").press("End");
  await page.locator("#english").pressSequentially(" Take another.");
  await page.getByText("Kept, not saved yet").waitFor();
  assert.ok((await page.locator("#previews").innerText()).includes("Take another."));
  // The browser is closed, the line is lost.
  await page.goto(`${desk}/desk/new?lang=en`);
  assert.equal(await page.locator("#english").inputValue(), "");
  await page.getByRole("link", { name: "Go on with them" }).click();
  assert.equal(await page.locator("#english").inputValue(), "The road is closed on Sunday. Take another.");
  // On a second page somebody goes on from the same sheet: what either writes is kept, and both are told.
  const other = await page.context().newPage();
  await page.locator("#english").press("End");
  await page.locator("#english").pressSequentially(" Drive slowly.");
  await page.getByText("Kept, not saved yet").waitFor();
  await other.goto(`${desk}/desk/new?lang=en`);
  await other.getByRole("link", { name: "Go on with them" }).click();
  await other.locator("#english").press("End");
  await other.locator("#english").pressSequentially(" Until ten.");
  await other.getByText("Kept, not saved yet").waitFor();
  await page.locator("#english").pressSequentially(" Until nine.");
  await page.getByText("on another page of yours").waitFor();
  await page.getByRole("link", { name: "Look at the other" }).click();
  assert.match(await page.locator("#english").inputValue(), /Drive slowly\. Until ten\.$/);
  await page.goto(`${desk}/desk/new?lang=en`);
  assert.match(await page.locator("#waits").innerText(), /2 sheets/);
  await page.getByRole("button", { name: "Throw them away" }).first().click();
  await page.getByRole("button", { name: "Throw them away" }).click();
  assert.equal(await page.getByRole("link", { name: "Go on with them" }).count(), 0);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
