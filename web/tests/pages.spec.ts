import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, kDecember, open, settled, test } from "./fixtures";

const kPages = [
  ["Overview", `/?${kDecember}`],
  ["Friction", `/friction?${kDecember}`],
  ["Friction with filters", `/friction?${kDecember}&tier=free&region=!asia&friction=20..60`],
  ["Engagement of nobody", "/engagement?user=99999999"],
  ["Cost", `/cost?${kDecember}`],
  ["Engagement", `/engagement?${kDecember}`],
  ["Sessions", "/sessions?tier=free"],
  ["one session", "SESSION"],
  ["Pipeline", "/pipeline?asset=fct_sessions"],
  ["SQL", "/sql?q=select user_tier, count(*) as n from fct_sessions group by all"],
  [
    "SQL as a chart",
    "/sql?view=chart&q=select session_date, avg(friction_score) as f from fct_sessions group by all",
  ],
  ["Data", "/data"],
  ["one table", "/data/fct_sessions"],
  ["nowhere", "/nowhere"],
] as const;

async function addressOf(path: string, url: string): Promise<string> {
  if (path !== "SESSION") return path;
  const page = (await (
    await fetch(`${url}/api/sessions?sort=-total_generations&limit=1`)
  ).json()) as {
    rows: { session_id: number }[];
  };
  return `/sessions/${page.rows[0]!.session_id}`;
}

/** The server has no page there: only a link within the page leads to one. */
async function openWithin(page: Page, path: string): Promise<void> {
  await open(page, "/");
  await page.evaluate((to) => {
    history.pushState(null, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, path);
  await settled(page);
}

async function check(page: Page): Promise<void> {
  // Colours glide when the theme changes.
  await page.waitForTimeout(250);
  const found = await new AxeBuilder({ page }).analyze();
  const faults = found.violations.map((one) => [one.id, one.nodes.map((node) => node.html)]);
  expect(faults).toEqual([]);
}

for (const [name, path] of kPages)
  test(`${name} has nothing that axe finds, and fits every screen`, async ({ page, server }) => {
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    if (path === "/nowhere") await openWithin(page, path);
    else await open(page, await addressOf(path, server.url));
    await check(page);
    for (const width of [360, 768, 2560]) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(150);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(over, `at ${width} pixels`).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 360, height: 900 });
    await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await check(page);
  });

test("every chart has a menu with a table, and numbers that go to a file", async ({ page }) => {
  await open(page, `/?${kDecember}`);
  const chart = page.locator("figure", { hasText: "Friction by day" });
  await chart.getByRole("button", { name: /^Menu of/ }).click();
  await chart.getByRole("button", { name: "Show as table" }).click();
  await expect(chart.getByRole("columnheader").first()).toHaveText("Day, UTC");
  await expect(chart.getByRole("row")).toHaveCount(31);

  await chart.getByRole("button", { name: /^Menu of/ }).click();
  const [csv] = await Promise.all([
    page.waitForEvent("download"),
    chart.getByRole("button", { name: "Download CSV" }).click(),
  ]);
  expect(csv.suggestedFilename()).toBe(
    "friction-by-day-mean-over-sessions_2025-12-01-to-2025-12-30.csv",
  );
  const lines = (await (await csv.createReadStream()).toArray()).join("").trim().split("\r\n");
  expect(lines).toHaveLength(31);
  expect(lines[1]).toMatch(/^2025-12-01,\d+\.\d{3,}/);
});

test("a chart goes to a picture", async ({ page }) => {
  await open(page, `/friction?${kDecember}`);
  for (const title of [/^How friction is spread/, /^By region/]) {
    const chart = page
      .locator("figure")
      .filter({ has: page.getByRole("heading", { name: title }) });
    await chart.getByRole("button", { name: /^Menu of/ }).click();
    const [png] = await Promise.all([
      page.waitForEvent("download"),
      chart.getByRole("button", { name: "Download PNG" }).click(),
    ]);
    const bytes = Buffer.concat(await (await png.createReadStream()).toArray());
    expect(bytes.subarray(1, 4).toString()).toBe("PNG");
    expect(bytes.length).toBeGreaterThan(5000);
  }
});

test("a chart shows its query, which runs", async ({ page }) => {
  await open(page, `/?${kDecember}`);
  const chart = page.locator("figure", { hasText: "By tier" });
  await chart.getByRole("button", { name: /^Menu of/ }).click();
  await chart.getByRole("button", { name: /Show the query/ }).click();
  await expect(page).toHaveURL(/\/sql\?/);
  await expect(page.getByRole("grid", { name: /^Result/ })).toBeVisible();
});

for (const [path, titles] of [
  ["/friction", [/^How friction is spread/, /^What drives friction/]],
  ["/cost", [/^How cost is spread/, /^Who has the most/]],
  ["/engagement", [/^From generation to success/, /^Who came back/]],
  ["/sessions", [/^Duration/]],
  ["/?from=2025-12-16&to=2025-12-30", [/^What changed most/]],
] as const)
  test(`the other charts of ${path} show their queries too, which run`, async ({ page }) => {
    for (const title of titles) {
      await open(page, path);
      const chart = page
        .locator("figure")
        .filter({ has: page.getByRole("heading", { name: title }) });
      await chart.getByRole("button", { name: /^Menu of/ }).click();
      await chart.getByRole("button", { name: /Show the query/ }).click();
      await expect(page).toHaveURL(/\/sql\?/);
      await expect(page.getByRole("grid", { name: /^Result/ })).toBeVisible();
    }
  });

test("where there is no period before, a click shows one that has it", async ({ page }) => {
  await open(page, "/?from=2025-11-01&to=2025-11-30");
  await page
    .getByRole("button", { name: /^Show 16–30 Nov 2025 against what was before it/ })
    .first()
    .click();
  await settled(page);
  await expect(page).toHaveURL(/from=2025-11-16&to=2025-11-30/);
  await expect(page.locator(".tile .change").first()).toContainText("from ");
});

/** What moves in the half second after an action. */
async function motionAfter(page: Page, act: () => Promise<void>) {
  await page.evaluate(() => {
    const seen = { fades: new Set<number>(), axes: new Set<string>() };
    Object.assign(window, { seen });
    const until = performance.now() + 4000;
    const look = () => {
      for (const animation of document.getAnimations()) {
        const { duration } = animation.effect!.getComputedTiming();
        const target = (animation.effect as KeyframeEffect).target;
        if (target?.closest(".fading")) seen.fades.add(Number(duration));
      }
      const lines = [...document.querySelectorAll("figure svg .grid")];
      if (lines.length > 0) seen.axes.add(lines.map((line) => line.getAttribute("y1")).join());
      if (performance.now() < until) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await act();
  await settled(page);
  await page.waitForTimeout(500);
  return page.evaluate(() => {
    const { seen } = window as unknown as { seen: { fades: Set<number>; axes: Set<string> } };
    return { fades: [...seen.fades], axes: seen.axes.size };
  });
}

test("numbers cross-fade and axes glide, within 150 ms", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "no-preference" });
  // A machine that is busy may draw no frame between the first and the last.
  await expect(async () => {
    await open(page, `/?${kDecember}`);
    const { fades, axes } = await motionAfter(page, () =>
      page.evaluate(() => document.querySelector<HTMLElement>("thead button, thead a")!.click()),
    );
    expect(fades).toEqual([150]);
    expect(axes).toBeGreaterThan(2);
  }).toPass({ timeout: 60_000 });
});

test("where motion is not wanted nothing moves", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await open(page, `/?${kDecember}`);
  const { fades, axes } = await motionAfter(page, () =>
    page.evaluate(() => document.querySelector<HTMLElement>("thead button, thead a")!.click()),
  );
  expect(fades.filter((ms) => ms > 0)).toEqual([]);
  expect(axes).toBeLessThanOrEqual(2);
});

test("the theme that was chosen stays", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await open(page, "/");
  await page.getByRole("button", { name: "Switch to dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("the first page loads no more code than it needs", async ({ page }) => {
  const loaded: string[] = [];
  page.on("response", (response) => loaded.push(new URL(response.url()).pathname));
  await open(page, "/");
  expect(loaded.filter((path) => /Sql|Pipeline|codemirror/i.test(path))).toEqual([]);
  await page.getByRole("link", { name: "SQL" }).click();
  await settled(page);
  expect(loaded.some((path) => /\/assets\/Sql-/.test(path))).toBe(true);
});
