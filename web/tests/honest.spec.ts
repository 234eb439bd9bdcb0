// What a page says is what it shows: grains, scales, comparisons, names of files, states.

import { expect, kDecember, kLongPrompt, open, settled, test } from "./fixtures";

const kHeight = 900;

test("by weeks a chart says so: title, table, tooltip, file", async ({ page, months }) => {
  await open(page, months.url + "/");
  const chart = page.locator("figure", { hasText: "Friction by week, mean over sessions" });
  await expect(chart).toBeVisible();
  await expect(page.getByText("by day")).toHaveCount(0);
  const slider = chart.getByRole("slider");
  await slider.focus();
  await page.keyboard.press("Home");
  // The first of May 2025 is a Thursday: its week begins in April.
  await expect(slider).toHaveAttribute(
    "aria-valuetext",
    /^week of 28 Apr 2025, 4 of its 7 days: Friction/,
  );
  await expect(chart).toContainText("a week at an end of the period is not whole");
  await chart.getByRole("button", { name: /^Menu of/ }).click();
  await chart.getByRole("button", { name: "Show as table" }).click();
  await expect(chart.getByRole("columnheader").first()).toHaveText("Week from, UTC");
  await chart.getByRole("button", { name: /^Menu of/ }).click();
  const [csv] = await Promise.all([
    page.waitForEvent("download"),
    chart.getByRole("button", { name: "Download CSV" }).click(),
  ]);
  expect(csv.suggestedFilename()).toBe(
    "friction-by-week-mean-over-sessions_2025-05-01-to-2025-12-31.csv",
  );
  const text = (await (await csv.createReadStream()).toArray()).join("");
  expect(text).toMatch(/^"Week from, UTC",Friction\r\n2025-04-28,/);
});

for (const [path, title] of [
  ["/cost", "Cost by week and tier"],
  ["/cost", "Cost of a success by week"],
  ["/engagement", "Thumbs by week"],
  ["/friction", "share by week"],
  ["/?from=2025-12-01&to=2025-12-02", "Friction by hour"],
  ["/cost?from=2025-12-01&to=2025-12-02", "Cost by hour and tier"],
  ["/friction?from=2025-12-01&to=2025-12-31", "share by day"],
] as const)
  test(`${path} has "${title}"`, async ({ page, months }) => {
    await open(page, months.url + path);
    await expect(page.getByRole("heading", { name: title })).toBeVisible();
  });

test("days without neighbours are dots, where their time is", async ({ page, months }) => {
  const { users } = (await (
    await page.request.post(months.url + "/api/top-users", {
      data: { by: "sessions", limit: 100 },
      headers: { origin: months.url },
    })
  ).json()) as { users: { user: number; sessions: number }[] };
  const user = users.at(-1)!.user;
  await open(page, `${months.url}/?user=${user}&from=2025-11-01&to=2025-12-31`);
  const chart = page.locator("figure", { hasText: "Friction by day" });
  if ((await chart.locator("circle.dot").count()) === 0) {
    // All days of this user have neighbours, or none is in these months: any other has some.
    await open(page, `${months.url}/?user=${users[10]!.user}`);
  }
  expect(await page.locator("figure circle.dot").count()).toBeGreaterThan(0);
});

test("grey bars are as long as their values say", async ({ page, months }) => {
  await open(page, `${months.url}/friction?from=2025-12-05&to=2025-12-05`);
  const rows = await page
    .locator("figure")
    .filter({ has: page.getByRole("heading", { name: "By complexity", exact: true }) })
    .locator("li button.small")
    .evaluateAll((buttons) =>
      buttons.map((button) => ({
        length: button.querySelector<HTMLElement>(".bar")!.getBoundingClientRect().width,
        value: Number(button.querySelector("b")!.textContent),
      })),
    );
  expect(rows.length).toBeGreaterThan(1);
  const longest = Math.max(...rows.map((row) => row.length));
  const most = Math.max(...rows.map((row) => row.value));
  expect(most).toBeGreaterThan(0);
  for (const row of rows) expect(row.length / longest).toBeCloseTo(row.value / most, 1);
});

test("a month is compared with the month before, and only with what is known of", async ({
  page,
  months,
}) => {
  await open(page, `${months.url}/?from=2025-12-01&to=2025-12-31`);
  await expect(page.getByText("Changes are against November 2025.")).toBeVisible();
  await expect(page.getByRole("heading", { name: /against November 2025$/ })).toBeVisible();
  await expect(page.locator(".tile .change")).toHaveCount(6);

  await open(page, `${months.url}/?from=2025-05-10&to=2025-06-08`);
  await expect(page.locator(".tile .change")).toHaveCount(0);
  await expect(
    page
      .getByText("Of 10 Apr – 9 May 2025, the period before, only 9 of 30 days are on record")
      .first(),
  ).toBeVisible();
  await expect(page.getByText("dashed:")).toHaveCount(0);
});

test("where nothing is compared nothing is waited for", async ({ page }) => {
  await open(page, `/?${kDecember}&compare=none`);
  const chart = page.locator("figure", { hasText: "What changed most" });
  await expect(chart).toContainText("Nothing is compared.");
  await expect(chart.getByText("Loading")).toHaveCount(0);
  await chart.getByRole("button", { name: "Compare with the period before" }).click();
  await settled(page);
  await expect(page).not.toHaveURL(/compare=none/);
  await expect(chart.locator("li").first()).toBeVisible();
});

test("what an address says in vain is told, and taken out by a click", async ({ page }) => {
  await open(page, "/friction?from=2025-12-31&to=2025-12-01&colour=red&tier=free&split=nobody");
  const note = page.locator(".misread");
  await expect(note).toContainText("from=2025-12-31 (the period ends on 2025-12-01");
  await expect(note).toContainText("colour=red");
  await expect(note).toContainText("split=nobody");
  await note.getByRole("button", { name: "Take it out" }).click();
  await expect(note).toBeHidden();
  expect(new URL(page.url()).searchParams.toString()).toBe("tier=free");
});

test("a value that is nowhere in the data is named, and clearing it helps", async ({ page }) => {
  await open(page, `/friction?tier=gold&region=asia&${kDecember}`);
  const note = page.getByText("There is no tier “gold”.").first();
  await expect(note).toBeVisible();
  // Only the filter that is in the way is offered.
  await expect(page.getByRole("button", { name: /^Clear region/ })).toHaveCount(0);
  await page
    .getByRole("button", { name: /^Clear tier: gold/ })
    .first()
    .click();
  await settled(page);
  await expect(note).toBeHidden();
  expect(new URL(page.url()).searchParams.get("region")).toBe("asia");
});

test("days without data say which days have some", async ({ page }) => {
  await open(page, "/friction?from=2030-01-01&to=2030-01-31");
  await expect(
    page.getByText("No sessions in January 2030: the data are of 1 Nov – 31 Dec 2025.").first(),
  ).toBeVisible();
});

test("what is not there says so, with ways back", async ({ page, faults }) => {
  for (const [path, title, way] of [
    ["/sessions/999999999", "There is no such session", "All sessions"],
    ["/sessions/abc", "There is no such session", "All sessions"],
    ["/data/nope", "There is no table nope", "All tables"],
    ["/data/fct_sessions?column=nope", "fct_sessions has no column nope", "All columns"],
    ["/pipeline?asset=nope", "There is no such asset", "All assets"],
    ["/pipeline?run=99999", "There is no run 99999 on record", "The last run"],
  ] as const) {
    await open(page, path);
    await expect(page.getByText(title)).toBeVisible();
    await page.getByRole("link", { name: way, exact: true }).click();
    await settled(page);
    await expect(page.getByText(title)).toBeHidden();
  }
  expect(faults.splice(0).every((fault) => /40[04]/.test(fault))).toBe(true);
});

test("where nothing was published the reason is that of the last run", async ({ page, faults }) => {
  await page.route("**/api/catalog", (route) =>
    route.fulfill({
      status: 409,
      json: { error: "dim_users is not published yet", hint: "", code: "not_published" },
    }),
  );
  await page.route("**/api/runs?*", async (route) => {
    const answer = await route.fetch();
    const { runs } = (await answer.json()) as { runs: object[] };
    const failed = { id: 9, status: "failed", published: false, message: "no such file: x.csv" };
    await route.fulfill({ json: { total: 1, runs: [{ ...runs[0], ...failed }] } });
  });
  for (const path of ["/", "/friction", "/sessions"]) {
    await open(page, path);
    await expect(page.getByText("Nothing was published: run 9 failed")).toBeVisible();
    await expect(page.getByText("no such file: x.csv")).toBeVisible();
    await expect(page.getByRole("link", { name: "See what failed" })).toHaveAttribute(
      "href",
      /\/pipeline\?run=9/,
    );
    await expect(page.getByText("not published yet")).toHaveCount(0);
  }
  expect(faults.splice(0).every((fault) => fault.includes("409"))).toBe(true);
});

test("Back and Forward go where the reader was", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 600 });
  await open(page, "/friction");
  await page.mouse.wheel(0, 300);
  await page.waitForTimeout(400);
  const was = await page.evaluate(() => scrollY);
  expect(was).toBeGreaterThan(200);
  await page.keyboard.press("3");
  await settled(page);
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await page.goBack();
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(was);
  await page.reload();
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(was);
});

test("Back from a session finds the row that was opened", async ({ page }) => {
  await open(page, "/sessions");
  const grid = page.getByRole("grid", { name: /^Sessions/ });
  await expect(grid.locator("#row-0 a")).toBeVisible();
  await grid.evaluate((box) => (box.scrollTop = 2800));
  await expect(grid.locator("#row-103 a")).toBeVisible();
  await page.waitForTimeout(300);
  await grid.locator("#row-103").click();
  await settled(page);
  await page.goBack();
  await settled(page);
  await expect.poll(() => grid.evaluate((box) => box.scrollTop)).toBe(2800);
});

test("a session's list says what friction comes from, also on a narrow screen", async ({
  page,
}) => {
  await page.setViewportSize({ width: 360, height: kHeight });
  await open(page, "/sessions?sort=-friction");
  const grid = page.getByRole("grid", { name: /^Sessions/ });
  await expect(grid.locator("#row-0 .score")).toBeVisible();
  for (const name of ["Began", "Friction", "Mostly", "Cost"]) {
    const box = (await grid.getByRole("columnheader", { name }).boundingBox())!;
    expect(box.x + box.width, name).toBeLessThanOrEqual(360);
  }
  await expect(grid.locator(".row").first()).toContainText(/errors|latency|retries/);
  // Of equals the most costly comes first.
  const rows = await grid
    .locator(".row")
    .evaluateAll((all) =>
      all
        .sort((a, b) => Number(a.id.slice(4)) - Number(b.id.slice(4)))
        .map((row) => [...row.children].map((cell) => cell.textContent!.trim())),
    );
  const most = rows.filter((row) => row[1] === rows[0]![1]).map((row) => Number(row[3]));
  expect(most.length).toBeGreaterThan(3);
  expect(most).toEqual([...most].sort((a, b) => b - a));
});

test("a prompt that is longer than a screen is cut until all of it is asked for", async ({
  page,
  odd,
}) => {
  const { rows } = (await (
    await page.request.post(odd.url + "/api/sql", {
      data: {
        sql: "select g.session_id, length(p.prompt_text) as n from fct_generations g join dim_prompts p using (prompt_id) order by n desc limit 1",
      },
      headers: { origin: odd.url },
    })
  ).json()) as { rows: [number, number][] };
  await open(page, `${odd.url}/sessions/${rows[0]![0]}`);
  const cell = page.locator("td.prompt", { hasText: "word0 word1" }).first();
  expect((await cell.innerText()).length).toBeLessThan(800);
  await cell.getByRole("button", { name: /^show all 2\d,\d{3} characters/ }).click();
  expect((await cell.innerText()).length).toBeGreaterThan(kLongPrompt.length - 10);
  await cell.getByRole("button", { name: "show less" }).click();
  expect((await cell.innerText()).length).toBeLessThan(800);
});

test("characters that turn text around are shown as their codes", async ({ page, odd }) => {
  const { rows } = (await (
    await page.request.post(odd.url + "/api/sql", {
      data: {
        sql: "select g.session_id from fct_generations g join dim_prompts p using (prompt_id) where p.prompt_text like 'a cat%' limit 1",
      },
      headers: { origin: odd.url },
    })
  ).json()) as { rows: [number][] };
  await open(page, `${odd.url}/sessions/${rows[0]![0]}`);
  const cell = page.locator("td.prompt", { hasText: "a cat" }).first();
  await expect(cell).toContainText("a cat U+202Egnp.exeU+200B");
  await expect(cell.locator(".odd").first()).toHaveAttribute("title", "right-to-left override");

  await open(
    page,
    odd.url +
      "/sql?q=" +
      encodeURIComponent(
        "select prompt_text as \"p\u202e\" from dim_prompts where prompt_text like 'a cat%' limit 1",
      ),
  );
  const grid = page.getByRole("grid", { name: /^Result/ });
  await expect(grid.locator("#row-0")).toContainText("a cat ⟨U+202E⟩gnp.exe⟨U+200B⟩");
  await expect(grid.getByRole("columnheader")).toContainText("p⟨U+202E⟩");
  expect(await page.locator("main").innerText()).not.toMatch(/[\u202e\u200b]/);
  // The whole row opens, with every character.
  await grid.locator("#row-0").click();
  await expect(page.getByRole("dialog", { name: "One row" })).toContainText("U+202E");
});

test("no cell of a file is a formula, and the file says what it is of", async ({ page, odd }) => {
  await open(
    page,
    odd.url +
      "/sql?q=" +
      encodeURIComponent(
        "select '=1+1' as \"@name\", -1.5 as number, '-2.50'::decimal(9,2) as money",
      ),
  );
  const [csv] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "CSV" }).click(),
  ]);
  expect(csv.suggestedFilename()).toMatch(/^result-of-run-\d+_name-number-money\.csv$/);
  const text = (await (await csv.createReadStream()).toArray()).join("");
  expect(text).toBe("'@name,number,money\r\n'=1+1,-1.5,-2.50\r\n");
});

test("a picture says its measure, period and filters", async ({ page }) => {
  await open(page, `/friction?${kDecember}&tier=free`);
  const chart = page
    .locator("figure")
    .filter({ has: page.getByRole("heading", { name: "By region", exact: true }) });
  const before = (await chart.boundingBox())!;
  await chart.getByRole("button", { name: /^Menu of/ }).click();
  const [png] = await Promise.all([
    page.waitForEvent("download"),
    chart.getByRole("button", { name: "Download PNG" }).click(),
  ]);
  expect(png.suggestedFilename()).toBe("friction-by-region_2025-12-01-to-2025-12-30_tier-free.png");
  const bytes = Buffer.concat(await (await png.createReadStream()).toArray());
  // Its height is in the header: twice the chart's, with margins, and the lines of the caption.
  expect(bytes.readUInt32BE(20)).toBeGreaterThan(2 * (Math.ceil(before.height) + 32 + 16));
});

test("a histogram of bins that differ is to scale", async ({ page, months }) => {
  await open(page, months.url + "/sessions");
  const chart = page
    .locator("figure")
    .filter({ has: page.getByRole("heading", { name: "Duration", exact: true }) });
  await expect(chart).toContainText("Areas are to scale: a height is sessions per");
  const widths = await chart
    .locator("svg rect:not(.behind)")
    .evaluateAll((bars) => bars.map((bar) => Math.round(bar.getBoundingClientRect().width)));
  expect(new Set(widths).size).toBeGreaterThan(1);
});

test("one is one", async ({ page }) => {
  const { rows } = (await (
    await page.request.get("/api/sessions?limit=1&sort=total_generations")
  ).json()) as { rows: { user_id: number; session_start: string; total_generations: number }[] };
  const { user_id, session_start, total_generations } = rows[0]!;
  expect(total_generations).toBe(1);
  const day = session_start.slice(0, 10);
  for (const path of ["/", "/friction", "/cost", "/engagement", "/sessions"]) {
    await open(page, `${path}?from=${day}&to=${day}&user=${user_id}`);
    await expect(page.getByText("No sessions match")).toHaveCount(0);
    const text = await page.locator("main").innerText();
    expect(text).not.toMatch(/(^|[^\d.,])1 (sessions|generations|users|rows|days|columns)\b/m);
    expect(text).not.toMatch(/(^|[^\d.,])0[\s\u202f]m?s\b/m);
  }
});

test("a narrow screen shows what friction users and segments have", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: kHeight });
  await open(page, "/cost");
  const spenders = page.locator("figure", { hasText: "Who has the most of it" });
  await expect(spenders.getByText(/^\d+ sessions?, friction \d/).first()).toBeVisible();
  await open(page, "/friction");
  const drivers = page.locator("figure", { hasText: "What drives friction" });
  await expect(drivers.getByText(/of sessions, mean \d/).first()).toBeVisible();
});
