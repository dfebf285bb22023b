// Who may see what, and why: officers, a Superintendent, an analyst, an auditor and an administrator on one lake that holds data.
// The tests follow one case in order. What the lake must hide or show is read from the files it was filled with.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { access, launch, open } from "./browser.mjs";
import { begin, clean, signIn } from "./officer.mjs";

const password = "camel lantern well seven";
const once = new Map(process.env.SAROVAR_ACCESS_PASSWORDS.split("\n").map((line) => line.split(": ")));
const words = {
  hi: {
    refused: "आपके प्रयोजन के लिए यह खुला नहीं है",
    unknown: "इस पहचान-संख्या के बारे में सरोवर में कुछ नहीं है",
    role: "आपकी भूमिकाओं से यह पृष्ठ नहीं खुलता",
    gone: "यह उत्तर अब रखा नहीं है",
    withheld: "विधि के अनुसार छिपाया गया",
    emergency: "आपात चार घंटे, हर पृष्ठ पर घोषित",
    none: "कोई नहीं चुना",
    closed: "बंद",
    left: "टीम में नहीं",
    case: "प्रकरण",
  },
  en: {
    refused: "This is not open for your purpose",
    unknown: "The lake knows nothing under this identifier",
    role: "Your roles do not open this page",
    gone: "This answer is no longer kept",
    withheld: "withheld by law",
    emergency: "emergency Four hours, announced on every page",
    none: "none chosen",
    closed: "closed",
    left: "not of its team",
    case: "case",
  },
};
const langs = Object.keys(words);

// The case of the made-up state, at the station where the officers serve; somebody of another district; the telephone of the accused.
const fir = "27541009/0001/2026";
const accused = "/person/cctns:275410092026000102";
const other = { person: "/person/cctns:275440052024000101", case: "/case/27544005/0001/2024", name: "Vivek Maheshwari" };
const number = "7000000002";
const guarded = [accused, "/search?q=harish", `/case/${fir}`, `/phone/${number}`];
const bulk = "SELECT m.name, r.plate FROM pole.person_mention m CROSS JOIN clean.anpr_read r";

let browser, persons, sealed;
const pages = {};
const codes = {};
let piece; // the address of the officer's piece of work

/** Lines of a source's file without quoted fields, by the names of its columns. */
function table(text) {
  const [head, ...lines] = text.trim().split(/\r?\n/);
  const names = head.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((value, at) => [names[at], value])));
}

before(async () => {
  browser = await launch();
  persons = table(await readFile(`${process.env.SAROVAR_STATE}/cctns.person/person.csv`, "utf8"));
  // Children, and whoever complains of a rape.
  sealed = persons.filter((p) => (p.AGE !== "" && Number(p.AGE) < 18) || (p.ACT_SECTION.startsWith("BNS 64") && p.ROLE === "complainant"));
  assert.ok(sealed.length >= 2, "the made-up state has somebody to protect");
  for (const login of once.keys()) {
    pages[login.split(".")[0]] = await open(browser, { locale: "en-IN" });
    codes[login] = await begin(pages[login.split(".")[0]], access, login, once.get(login), password);
  }
});
after(() => browser.close());

/** Opens an address in a language; gives the status and what the page says. */
async function see(page, path, lang = "en") {
  const answer = await page.goto(`${access}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`);
  return { status: answer.status(), title: await page.locator("h1").innerText(), text: await page.locator("main").innerText() };
}

/** Each page in both languages: whole, and clean for axe. */
async function look(page, paths) {
  for (const path of paths) {
    for (const lang of langs) {
      await see(page, path, lang);
      assert.equal(await page.locator("html").getAttribute("lang"), lang, path);
      assert.equal(await page.locator("h1").count(), 1, path);
      await clean(page, `${path} in ${lang}`);
    }
    const wide = page.viewportSize();
    await page.setViewportSize({ width: 360, height: 740 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 0, `${path} is ${over} px too wide for a telephone`);
    await page.setViewportSize(wide);
  }
}

/** Asks on the SQL page; gives the rows, or what was said instead. */
async function ask(page, sql) {
  await page.goto(`${access}/sql?lang=en`);
  await page.locator("#sql").fill(sql);
  await page.locator("main button.primary").click();
  await page.locator("#result, #refused").waitFor();
  if (await page.locator("#refused").count()) return { refused: await page.locator("#answer .message").innerText() };
  const rows = await page.locator("#answer tbody tr").evaluateAll((all) => all.map((row) => [...row.querySelectorAll("td,th")].map((cell) => cell.innerText)));
  return { rows, csv: await page.locator('#answer a[href$="format=csv"]').getAttribute("href") };
}

/** What a link to a file gives. */
async function fetched(page, path) {
  const answer = await page.request.get(access + path);
  return { status: answer.status(), body: await answer.text() };
}

/** Sends a form that the page does not offer, with the page's own token. */
async function send(page, path, form) {
  const token = await page.locator("input[name=token]").first().inputValue();
  const answer = await page.request.post(access + path, { form: { token, ...form }, headers: { Origin: access }, maxRedirects: 0 });
  return { status: answer.status(), body: await answer.text() };
}

/** Opens a piece of work by the form and takes it in hand; gives its address. */
async function work(page, purpose, reference) {
  await see(page, "/purpose");
  await page.locator(`input[name=purpose][value=${purpose}]`).check();
  await page.locator("#reference").fill(reference);
  await page.locator("section[aria-labelledby=new] form button.primary").first().click();
  assert.equal(await page.locator(".error-summary").count(), 0, reference);
  const line = page.locator("section[aria-labelledby=mine] tbody tr", { has: page.locator(".badge.ok", { hasText: "in hand" }) });
  return line.locator("th a").getAttribute("href");
}

/** Asks for call records under the piece of work the page shows. */
async function requisition(page, way, reference, numbers, from, to) {
  await see(page, way);
  await page.getByText("Ask for call and subscriber records").click();
  for (const [field, value] of Object.entries({ reference, numbers, from, to, reason: "contacts of the accused on these days" })) {
    await page.locator(`#a-${field}`).fill(value);
  }
  await page.locator(`form[action="${way}/authority"] button`).click();
  assert.equal(await page.locator(".error-summary").count(), 0);
  const line = page.locator("section[aria-labelledby=requests] tbody tr", { hasText: reference });
  return { line: await line.innerText(), id: (await line.locator("form").getAttribute("action")).split("/")[3] };
}

/** Nothing but refusals went wrong in a page. */
function faultless(page) {
  assert.deepEqual(page.faults.filter((text) => !/status of (401|403|404|410|422)/.test(text)), []);
}

test("an officer signs in with password and authenticator", async () => {
  const page = pages.asha;
  await page.locator("form.leave button").click();
  await page.waitForURL("**/sign-in");
  await page.goto(access + accused);
  assert.ok(page.url().startsWith(`${access}/sign-in?next=`), page.url());
  await signIn(page, "asha.test", password);
  assert.equal(new URL(page.url()).pathname, "/sign-in/code");
  // The password alone opens nothing.
  await page.goto(access + accused);
  assert.ok(page.url().startsWith(`${access}/sign-in`), page.url());
  await signIn(page, "asha.test", password);
  await page.locator("#code").fill("no code");
  await page.locator("main button.primary").click();
  assert.equal(await page.locator(".error-summary[role=alert]").count(), 1);
  await page.locator("#code").fill(await codes["asha.test"]());
  await page.locator("main button.primary").click();
  assert.equal(new URL(page.url()).pathname, accused);
});

test("what is personal asks for the purpose, in both languages, and asks once", async () => {
  const page = pages.asha;
  for (const lang of langs) {
    for (const path of guarded) {
      const { status, title, text } = await see(page, path, lang);
      assert.deepEqual([status, title], [403, words[lang].refused], path);
      assert.ok(!/harish|हरीश/i.test(text.replace("q=harish", "")), path);
      assert.ok((await page.locator(".purpose").innerText()).includes(words[lang].none));
    }
  }
  await look(page, [accused, "/purpose"]);
  assert.match((await ask(page, "SELECT name FROM clean.cctns_person")).refused, /stated purpose/);
  // While somebody types, the refusal stands beside what is typed.
  await see(page, "/search");
  await page.locator("#q").pressSequentially("harish");
  await page.locator("#suggest .fault").waitFor();
  assert.equal(await page.locator("nav.side").count(), 1, "not a page within the page");
  assert.equal(await page.locator("#q").inputValue(), "harish");
  // What holds nothing personal needs none.
  assert.equal((await see(page, "/catalogue")).status, 200);
  await see(page, accused);
  await page.locator("main a.primary").click();
  assert.equal(new URL(page.url()).pathname, "/purpose");
  await page.locator("#reference").fill("the tractor");
  await page.locator("section[aria-labelledby=new] form button.primary").first().click();
  assert.equal(await page.locator(".error-summary[role=alert]").count(), 1, "a case is named by its FIR");
  piece = await work(page, "case", fir);
  for (const lang of langs) {
    for (const path of guarded) {
      const { status, text } = await see(page, path, lang);
      assert.equal(status, 200, path);
      assert.ok(text.includes("Harish Yadav"), path);
      assert.ok((await page.locator(".purpose").innerText()).includes(`${words[lang].case} · ${fir}`), path);
    }
  }
  // Nothing is offered that the roles do not open.
  for (const path of ["/", "/search?q=RJ14ZZ9999", "/account"]) {
    await see(page, path);
    for (const shut of ["/upload", "/quarantine", "/audit", "/people"]) assert.equal(await page.locator(`a[href="${shut}"]`).count(), 0, `${path}: ${shut}`);
  }
  await look(page, [...guarded, "/purpose", piece]);
  // The persons of the case, as its record names them.
  const { text } = await see(page, `/case/${fir}`);
  for (const person of persons.filter((p) => p.PERSON_ID.startsWith("275410092026"))) {
    assert.ok(text.includes(person.NAME) && text.includes(person.NAME_HI), person.NAME);
  }
});

test("a piece of work is its team's alone", async () => {
  for (const page of [pages.ravi, pages.meera, pages.stat]) await see(page, "/account");
  for (const lang of langs) assert.equal((await see(pages.ravi, piece, lang)).status, 404);
  assert.equal((await send(pages.ravi, `${piece}/take`, {})).status, 404);
  assert.equal((await see(pages.ravi, accused)).status, 403);
});

test("sealed identities stay hidden on pages, in search, SQL and exports", async () => {
  const page = pages.asha;
  for (const person of sealed) {
    const key = `cctns:${person.PERSON_ID}`;
    for (const lang of langs) {
      const { status, title } = await see(page, `/person/${key}`, lang);
      assert.deepEqual([status, title], [404, words[lang].unknown], key);
      const of = `${person.PS_CD}/${person.FIR_NO}/${person.FIR_YEAR}`;
      const { text } = await see(page, `/case/${of}`, lang);
      assert.ok(text.includes(words[lang].withheld), of);
      assert.ok(!text.includes(person.NAME) && !text.includes(person.NAME_HI), of);
      for (const query of [person.NAME, person.NAME_HI, key, person.MOBILE].filter(Boolean)) {
        await see(page, `/search?q=${encodeURIComponent(query)}`, lang);
        const hits = (await page.locator(".hits").allInnerTexts()).join("\n");
        const hrefs = await page.locator(".hits a").evaluateAll((all) => all.map((one) => decodeURIComponent(one.href)));
        assert.ok(!hits.includes(person.NAME) && !hits.includes(person.NAME_HI), query);
        assert.ok(!hrefs.some((href) => href.includes(person.PERSON_ID)), query);
      }
    }
    // The row is there, its person is not; and no condition finds what is not shown.
    const row = await ask(page, `SELECT name, name_local, relative_name, phone, age, village FROM clean.cctns_person WHERE person_id = '${person.PERSON_ID}'`);
    assert.deepEqual(row.rows, [["–", "–", "–", "–", "–", "–"]]);
    for (const from of ["clean.cctns_person", "pole.person_mention"]) {
      const count = await ask(page, `SELECT count(*) FROM ${from} WHERE name = '${person.NAME}' OR name_local = '${person.NAME_HI}'`);
      assert.deepEqual(count.rows, [["0"]], from);
    }
  }
  const files = ["/catalogue/clean.cctns_person/export?format=csv", "/case/27542003/0001/2024?table=persons&format=csv"];
  for (const from of ["clean.cctns_person", "pole.person_mention"]) files.push((await ask(page, `SELECT * FROM ${from}`)).csv);
  for (const path of files) {
    const { status, body } = await fetched(page, path);
    assert.equal(status, 200, path);
    assert.ok(body.split("\n").length > 3, path);
    for (const person of sealed) assert.ok(!body.includes(person.NAME) && !body.includes(person.NAME_HI), `${path}: ${person.PERSON_ID}`);
  }
  // The received file holds them all: it stays where it is.
  await see(page, "/case/27542003/0001/2024");
  const origin = await page.locator('main a[href^="/object/"]', { hasText: "cctns.person" }).first().getAttribute("href");
  const file = await fetched(page, origin.replace(/\/row\/.*/, "/download"));
  assert.equal(file.status, 403);
  for (const lang of langs) {
    const { status, text } = await see(page, origin, lang);
    assert.equal(status, 200);
    for (const person of sealed) assert.ok(!text.includes(person.NAME) && !text.includes(person.NAME_HI), origin);
  }
  await look(page, ["/case/27542003/0001/2024", `/person/cctns:${sealed[0].PERSON_ID}`]);
});

test("call records are read as far as somebody else's authority goes", async () => {
  const { asha, sho, meera } = pages;
  const rows = "SELECT number, started_at FROM clean.telecom_cdr ORDER BY started_at";
  assert.deepEqual((await ask(asha, rows)).rows ?? [], []);
  for (const lang of langs) {
    // An authority that nobody granted shows nothing, whatever is typed.
    for (const stated of ["", "?authority=SP/TEST/1"]) {
      const { text } = await see(asha, `/phone/${number}${stated}`, lang);
      assert.equal(await asha.locator("#contacts").count(), 0);
      assert.ok(!text.includes("SP/TEST/1"));
    }
  }
  // The page says where an authority is asked for.
  assert.equal(await asha.locator("section[aria-labelledby=authority] a.button").getAttribute("href"), piece);
  const { id, line } = await requisition(asha, piece, "SP/TEST/12 of 2026", number, "2026-03-10", "2026-03-20");
  assert.ok(line.includes("10 Mar 2026 – 20 Mar 2026"), line);
  assert.deepEqual((await ask(asha, rows)).rows ?? [], [], "asked is not granted");
  // Neither by herself, nor by an inspector, nor by an auditor.
  for (const page of [asha, sho, pages.watch]) {
    const { text } = await see(page, "/purpose");
    assert.ok(!text.includes("SP/TEST/12"));
    // To whoever may not decide it, it is not there.
    assert.ok([403, 404].includes((await send(page, `/purpose/request/${id}/grant`, { note: "x" })).status));
  }
  // Whoever has the rank decides for others, and not for herself.
  const own = await requisition(meera, await work(meera, "case", "27541001/0001/2024"), "SP/TEST/13 of 2026", number, "2026-03-01", "2026-03-31");
  assert.ok(!(await see(meera, "/purpose")).text.includes("SP/TEST/13"));
  const refused = await send(meera, `/purpose/request/${own.id}/grant`, { note: "mine" });
  assert.equal(refused.status, 403);
  assert.ok(refused.body.includes("Nobody approves or reviews what he asked for himself"));
  await look(meera, ["/purpose"]);
  const { text } = await see(meera, "/purpose");
  assert.ok(text.includes("SP/TEST/12") && text.includes("10 Mar 2026 – 20 Mar 2026") && text.includes("asha.test, Sub-Inspector"), text);
  await meera.locator(`#note-${id}`).fill("compared with the requisition");
  await meera.getByRole("button", { name: "Grant SP/TEST/12 of 2026" }).click();
  assert.ok(!(await see(meera, "/purpose")).text.includes("SP/TEST/12"));
  assert.deepEqual((await ask(meera, rows)).rows ?? [], [], "what is granted is for the team that asked");

  // The rows of these days and this number, as the operator's file has them.
  const file = await readFile(`${process.env.SAROVAR_STATE}/telecom.cdr/airtel_${number}.csv`, "utf8");
  const calls = [...file.matchAll(/^'7000000002',.*?'(\d\d)\/(\d\d)\/(\d{4})',([\d:]{8}),/gm)].map(([, d, m, y, time]) => `${y}-${m}-${d}T${time}+05:30`);
  const within = calls.filter((at) => at >= "2026-03-10" && at < "2026-03-21").sort();
  assert.ok(within.length > 5 && calls.length > 2 * within.length, "the window parts the file");
  const read = await fetched(asha, (await ask(asha, rows)).csv);
  const got = read.body.trim().split("\n").slice(1).map((row) => row.split(","));
  assert.deepEqual(got.map(([of]) => of), within.map(() => number));
  assert.deepEqual(got.map(([, at]) => new Date(at).getTime()), within.map((at) => new Date(at).getTime()));
  for (const lang of langs) {
    await see(asha, `/phone/${number}`, lang);
    const contacts = await asha.locator("section:has(> .title-row > #contacts) tbody tr").evaluateAll((all) => all.map((row) => row.querySelectorAll("td, th")[1].innerText));
    assert.equal(contacts.reduce((sum, n) => sum + Number(n), 0), within.length);
    // Of another number it is not said that there is nothing: it is to be asked for.
    await see(asha, "/phone/7000000001", lang);
    assert.equal(await asha.locator("#contacts").count(), 0, "another number");
    assert.equal(await asha.locator("section[aria-labelledby=authority] a.button").getAttribute("href"), piece);
  }
  await look(asha, [`/phone/${number}`, piece]);

  // The declaration to the District Magistrate: by rank, without the number.
  const month = new Date(Date.now() + 19_800_000).toISOString().slice(0, 7);
  const declaration = `/purpose/declaration?month=${month}&district=27541`;
  const declared = (await see(meera, declaration)).text;
  assert.ok(declared.includes("SP/TEST/12 of 2026") && declared.includes(fir) && declared.includes("10 Mar 2026 – 20 Mar 2026"), declared);
  assert.ok(!declared.includes(number) && !declared.includes("SP/TEST/13"));
  await look(meera, [declaration]);
  for (const page of [asha, sho]) assert.equal((await see(page, declaration)).status, 403);
});

test("supervision sees the own station and no other", async () => {
  const page = pages.sho;
  await work(page, "supervision", "27541009");
  assert.equal((await see(page, accused)).status, 200);
  for (const lang of langs) {
    for (const path of [other.person, other.case]) {
      const { status, title } = await see(page, path, lang);
      assert.deepEqual([status, title], [404, words[lang].unknown], path);
    }
  }
  await see(page, `/search?q=${encodeURIComponent(other.name)}`);
  assert.equal(await page.locator(".hits").count(), 0);
  assert.deepEqual((await ask(page, "SELECT DISTINCT station_code FROM clean.cctns_person")).rows, [["27541009"]]);
  // Another station is not below; an officer who investigates supervises nobody.
  await see(page, "/purpose");
  for (const [who, unit] of [[page, "27541001"], [pages.ravi, "27541009"]]) {
    await see(who, "/purpose");
    assert.equal((await send(who, "/purpose", { purpose: "supervision", reference: unit })).status, 422);
  }
});

test("statistics give rounded counts and no person", async () => {
  const page = pages.stat;
  await work(page, "statistics", "persons in first information reports by role");
  const all = await ask(page, "SELECT count(*) FROM clean.cctns_person");
  assert.deepEqual(all.rows, [[String(Math.round(persons.length / 5) * 5)]]);
  assert.notEqual(persons.length % 5, 0, "the true number is not itself a round one");
  const roles = await ask(page, "SELECT role, count(*) AS n FROM pole.person_mention GROUP BY role");
  assert.ok(roles.rows.length > 1 && roles.rows.every(([, n]) => Number(n) % 5 === 0 && Number(n) > 0), JSON.stringify(roles));
  const named = await ask(page, "SELECT name, count(*) FROM pole.person_mention GROUP BY name");
  assert.ok(!/[A-Za-z]{3}/.test(JSON.stringify(named.rows)), JSON.stringify(named));
  // What counts fewer than five says nothing at all.
  assert.deepEqual((await ask(page, "SELECT fir_reg_num, count(*) FROM clean.cctns_person GROUP BY fir_reg_num")).rows ?? [], []);
  for (const sql of ["SELECT name FROM clean.cctns_person", "SELECT max(name) FROM clean.cctns_person", "SELECT * FROM pole.person_mention LIMIT 1"]) {
    assert.match((await ask(page, sql)).refused, /statistics/, sql);
  }
  for (const lang of langs) {
    for (const path of guarded) {
      const { status, title } = await see(page, path, lang);
      assert.deepEqual([status, title], [403, words[lang].refused], path);
    }
    assert.ok(!/Harish|Radheshyam/.test((await see(page, "/catalogue/clean.cctns_person", lang)).text));
  }
  const file = await fetched(page, "/catalogue/clean.cctns_person/export?format=csv");
  assert.equal(file.status, 403);
  // An analyst's case opens no emergency to him.
  await work(page, "case", fir);
  await see(page, "/purpose");
  assert.equal(await page.locator("input[name=emergency]").count(), 0);
  const emergency = await send(page, "/purpose", { emergency: "1", reference: "somewhere", reason: "somebody may be in danger of life" });
  assert.equal(emergency.status, 422);
});

test("a large export leaves after a second person released that very query", async () => {
  const { asha, meera } = pages;
  const first = await ask(asha, bulk);
  const refused = await fetched(asha, first.csv);
  assert.equal(refused.status, 403);
  assert.ok(refused.body.includes("second person"));
  await see(asha, piece);
  await asha.getByText("Ask for the release of a large export").click();
  await asha.locator("#r-sql").fill(bulk);
  await asha.locator("#r-reason").fill("plates beside the persons, for the court");
  await asha.locator('form[action="/purpose/release"] button').click();
  const line = asha.locator("section[aria-labelledby=requests] tbody tr", { hasText: "CROSS JOIN" });
  const id = (await line.locator("form").getAttribute("action")).split("/")[3];
  assert.equal((await fetched(asha, first.csv)).status, 403, "asked is not released");
  for (const page of [asha, pages.ravi, pages.sho]) {
    await see(page, "/purpose");
    // To whoever may not decide it, it is not there.
    assert.ok([403, 404].includes((await send(page, `/purpose/request/${id}/grant`, { note: "x" })).status));
  }
  await look(meera, ["/purpose"]);
  await see(meera, "/purpose");
  await meera.locator(`form[action="/purpose/request/${id}/grant"] button.primary`).click();
  const released = await fetched(asha, first.csv);
  assert.equal(released.status, 200);
  assert.ok(released.body.split("\n").length > 10_000);
  const changed = await ask(asha, `${bulk} WHERE r.plate LIKE 'RJ%'`);
  assert.equal((await fetched(asha, changed.csv)).status, 403, "another query was not released");
  await look(asha, [piece]);
});

test("emergency access is loud, stays in the house, and is reviewed by somebody else", async () => {
  const { ravi, watch } = pages;
  await see(ravi, "/purpose");
  await ravi.getByText("Danger to life: emergency access").click();
  await ravi.locator("#e-reference").fill("child missing from the market");
  await ravi.locator("#e-reason").fill("a child of six is missing since noon, this number called");
  await ravi.locator("#e-numbers").fill("7000000001");
  await ravi.getByRole("button", { name: "Open emergency access" }).click();
  const pieceOf = await ravi.locator("section[aria-labelledby=mine] tbody tr", { hasText: "child missing" }).locator("th a").getAttribute("href");
  for (const lang of langs) {
    for (const path of [accused, "/search?q=harish", "/phone/7000000001", "/purpose", "/account", "/catalogue", "/nowhere", `/person/cctns:${sealed[0].PERSON_ID}`]) {
      await see(ravi, path, lang);
      assert.ok((await ravi.locator("body > .note.warn[role=status]").innerText()).startsWith(words[lang].emergency), path);
    }
  }
  await look(ravi, ["/phone/7000000001", "/purpose", pieceOf]);
  const calls = await ask(ravi, "SELECT DISTINCT number FROM clean.telecom_cdr");
  assert.deepEqual(calls.rows, [["7000000001"]], "the number it names, and no other");
  for (const path of [calls.csv, `${accused}?table=facts&format=csv`, "/catalogue/clean.cctns_person/export?format=csv"]) {
    const { status, body } = await fetched(ravi, path);
    assert.deepEqual([status, body.includes("does not leave as a file")], [403, true], path);
  }
  assert.equal((await see(ravi, `/person/cctns:${sealed[0].PERSON_ID}`)).status, 404, "no seal opens");
  assert.equal((await see(ravi, "/purpose/declaration?month=2026-10&district=27541")).status, 403);

  await see(ravi, "/purpose");
  assert.equal((await send(ravi, `${pieceOf}/review`, { finding: "all was right here" })).status, 403, "nobody reviews his own");
  for (const page of [watch, pages.meera]) assert.ok((await see(page, "/purpose")).text.includes("child missing from the market"));
  const due = await see(watch, "/audit/watch");
  assert.ok(due.text.includes("child missing from the market") && due.text.includes("ravi.test"), due.text);
  await look(watch, ["/audit/watch", "/purpose"]);
  await see(watch, "/purpose");
  await watch.locator("input[name=finding]").fill("the child was found; the looks fit");
  await watch.getByRole("button", { name: "Note the review" }).click();
  assert.ok(!(await see(watch, "/audit/watch")).text.includes("child missing"));
  assert.ok(!(await see(pages.meera, "/purpose")).text.includes("child missing"));
  faultless(watch);
});

test("auditors see who looked at whom, and why", async () => {
  const { watch } = pages;
  const cells = () =>
    watch.locator("section[aria-labelledby=found] tbody tr").evaluateAll((all) => all.map((row) => [...row.querySelectorAll("th, td")].map((cell) => cell.innerText)));
  await see(watch, "/audit/person?key=cctns:275410092026000102");
  const looked = new Map((await cells()).map(([who, , , , , why]) => [who, why]));
  // Who was refused is told too.
  assert.deepEqual([...looked.keys()].sort(), ["asha.test", "ravi.test", "sho.test", "stat.test"]);
  assert.ok(looked.get("asha.test").includes(`case ${fir}`) && looked.get("sho.test").includes("supervision 27541009"), JSON.stringify([...looked]));
  await watch.locator("section[aria-labelledby=found] tbody a", { hasText: "asha.test" }).click();
  assert.equal(new URL(watch.url()).search, "?who=asha.test");
  const kinds = (await cells()).map(([what]) => what.split(" ")[0]);
  for (const kind of ["Person", "Case", "Phone", "Search", "Query", "Export"]) assert.ok(kinds.includes(kind), kind);
  assert.ok((await cells()).some(([, , refused]) => Number(refused) > 0), "what was refused is there");
  // The log itself holds no name and no number.
  const { text } = await see(watch, "/audit/officer?who=asha.test");
  assert.ok(!text.includes(number) && !text.includes("Harish"));
  const csv = await fetched(watch, "/audit/officer?who=asha.test&table=looks&format=csv");
  assert.ok(csv.status === 200 && csv.body.includes(fir) && !csv.body.includes(number), csv.body.slice(0, 300));
  await see(watch, `/audit/person?key=${number}`);
  assert.ok((await cells()).some(([who]) => who === "asha.test"), "by the number that was looked up");
  assert.equal((await see(watch, "/audit/person?key=7000000140")).status, 200);
  assert.equal(await watch.locator("section.empty").count(), 1);
  const trails = ["/audit/watch", "/audit/person?key=cctns:275410092026000102", "/audit/person?key=7000000140", "/audit/officer?who=asha.test"];
  await look(watch, [...trails, "/audit", "/audit/0"]);
  for (const who of ["asha", "sho", "meera", "stat", "chief"]) {
    for (const path of trails) assert.equal((await see(pages[who], path)).status, 403, `${who} ${path}`);
  }
});

test("an administrator and an auditor read no case", async () => {
  for (const who of ["chief", "watch"]) {
    const page = pages[who];
    for (const lang of langs) {
      for (const path of [...guarded, "/sql", "/catalogue/clean.cctns_person", "/review"]) {
        const { status, title } = await see(page, path, lang);
        assert.deepEqual([status, title], [403, words[lang].role], `${who} ${path}`);
      }
    }
    await look(page, [accused]);
    await see(page, "/account");
    assert.equal((await send(page, "/sql", { sql: "SELECT name FROM clean.cctns_person" })).status, 403);
    for (const path of ["/api/v1/person/cctns:275410092026000102", "/catalogue/clean.cctns_person/export?format=csv", `/case/${fir}?table=persons&format=csv`]) {
      assert.equal((await fetched(page, path)).status, 403, path);
    }
    const opened = await send(page, "/purpose", { purpose: "case", reference: fir });
    assert.ok([403, 422].includes(opened.status), `${who}: ${opened.status}`);
    assert.equal((await see(page, accused)).status, 403);
  }
});

test("a transfer ends access with the next click", async () => {
  const { asha, ravi, chief } = pages;
  await see(asha, piece);
  await asha.locator("#account").fill("ravi.test");
  await asha.locator(`form[action="${piece}/team"] button`).click();
  await see(ravi, piece);
  await ravi.locator(`form[action="${piece}/take"] button`).click();
  assert.equal((await see(ravi, accused)).status, 200);
  await ask(ravi, "SELECT name FROM clean.cctns_person");
  await ravi.waitForURL("**/sql**");
  const kept = (await ravi.locator('#answer a[href$="format=csv"]').getAttribute("href")).replace(/\/export.*/, "");
  assert.equal((await see(ravi, kept)).status, 200);

  await look(chief, ["/people/ravi.test"]);
  await see(chief, "/people/ravi.test");
  await chief.locator("#unit").selectOption("27541001");
  await chief.locator('form[action="/people/ravi.test/transfer"] button').click();
  for (const lang of langs) {
    for (const path of guarded) {
      const { status, title } = await see(ravi, path, lang);
      assert.deepEqual([status, title], [403, words[lang].refused], path);
      assert.ok((await ravi.locator(".purpose .badge.bad").innerText()).includes(words[lang].left));
    }
    assert.equal((await see(ravi, kept, lang)).title, words[lang].gone);
  }
  assert.equal((await fetched(ravi, `${kept}/export?format=csv`)).status, 410);
  assert.match((await ask(ravi, "SELECT name FROM clean.cctns_person")).refused, /team/);
  assert.equal((await see(ravi, piece)).status, 404);
  // The others go on.
  assert.equal((await see(asha, accused)).status, 200);
});

test("closing the case ends access with the next click, for everybody of its team", async () => {
  const { asha, sho } = pages;
  await ask(asha, "SELECT number, started_at FROM clean.telecom_cdr");
  const kept = (await asha.locator('#answer a[href$="format=csv"]').getAttribute("href")).replace(/\/export.*/, "");
  // Whoever is not its leader closes nothing; the officer in charge of the station does.
  await see(pages.stat, "/purpose");
  assert.equal((await send(pages.stat, `${piece}/close`, {})).status, 404);
  assert.equal((await see(asha, accused)).status, 200);
  await see(sho, piece);
  await sho.locator(`form[action="${piece}/close"] button`).click();
  for (const lang of langs) {
    for (const path of guarded) {
      const { status, title } = await see(asha, path, lang);
      assert.deepEqual([status, title], [403, words[lang].refused], path);
      assert.ok((await asha.locator(".purpose .badge.bad").innerText()).includes(words[lang].closed));
    }
    assert.equal((await see(asha, kept, lang)).title, words[lang].gone);
  }
  assert.equal((await fetched(asha, `${kept}/export?format=csv`)).status, 410);
  assert.match((await ask(asha, "SELECT name FROM clean.cctns_person")).refused, /closed/);
  assert.equal((await fetched(asha, `/case/${fir}?table=persons&format=csv`)).status, 403);
  await look(asha, [accused, "/purpose", piece]);
  assert.equal((await send(asha, `${piece}/take`, {})).status, 422, "what is closed is not taken up again");
  Object.values(pages).forEach(faultless);
});
