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
    await open(page, await addressOf(path, server.url));
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
  await expect(chart.getByRole("columnheader").first()).toHaveText("day");
  await expect(chart.getByRole("row")).toHaveCount(31);

  await chart.getByRole("button", { name: /^Menu of/ }).click();
  const [csv] = await Promise.all([
    page.waitForEvent("download"),
    chart.getByRole("button", { name: "Download CSV" }).click(),
  ]);
  expect(csv.suggestedFilename()).toBe("friction-by-day-mean-over-sessions.csv");
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
