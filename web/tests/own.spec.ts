// A product's own events: what they do not tell is not shown, and what they tell in part says so.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, open, test } from "./fixtures";

const kPages = ["/", "/friction", "/cost", "/engagement", "/sessions", "/data"];
const kHeight = 800;

/** The lines of a page that no reader should see. */
async function oddLines(page: Page): Promise<string[]> {
  const text = await page.locator("main").innerText();
  return text.split("\n").filter((line) => /NaN|undefined|Infinity|\[object|credits/.test(line));
}

async function firstSession(page: Page, url: string): Promise<string> {
  const answer = await page.request.get(`${url}/api/sessions?limit=1`);
  const { rows } = (await answer.json()) as { rows: { session_id: number }[] };
  return `${url}/sessions/${rows[0]!.session_id}`;
}

test("numbers are in the words and the currency of the events", async ({ page, own }) => {
  await open(page, own.url);
  const tiles = page.getByRole("region", { name: "Key numbers" });
  await expect(tiles).toContainText(/Generations\s*900\s*Sessions\s*300/);
  await expect(tiles).toContainText(/Success rate\s*60\.0\s%/);
  await expect(tiles).toContainText(/Cost\s*USD\s*4\.10/);
  const tiers = page.getByRole("table").filter({ hasText: "gold" }).first();
  await expect(tiers).toContainText("basic");
  await expect(tiers).toContainText("team");
});

test("columns that are no signals filter and group, and the rest can be read", async ({
  page,
  own,
}) => {
  await open(page, own.url);
  await page.getByRole("button", { name: "+ filter" }).click();
  await page.getByRole("button", { name: "App version", exact: true }).click();
  await page.getByRole("checkbox", { name: "2.1" }).click();
  const tiles = page.getByRole("region", { name: "Key numbers" });
  await expect(tiles).toContainText(/Generations\s*225/);
  await expect(page).toHaveURL(/app_version=2\.1/);
  await open(page, `${own.url}/friction?split=app_version`);
  const choice = page.getByRole("combobox").filter({ hasText: "by app version" }).first();
  await expect(choice).toHaveValue("app_version");
  await expect(page.getByRole("button", { name: /^2\.3/ }).first()).toBeVisible();
  await page.goto(await firstSession(page, own.url));
  const list = page.getByRole("region", { name: "Generations" });
  await expect(list.getByRole("columnheader", { name: "Other columns" })).toBeVisible();
  await expect(list).toContainText(/build build \d+/);
  await open(page, `${own.url}/data`);
  await expect(page.locator("main")).toContainText('in SQL: attributes."build"');
});

test("what is unknown everywhere has no tile and no chart, and one line says so", async ({
  page,
  own,
}) => {
  await open(page, `${own.url}/engagement`);
  await expect(page.getByText(/^Unknown in this data, and left out here: /)).toHaveText(
    /retries, feedback, downloads/,
  );
  await expect(page.getByText("Download rate")).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Feedback and downloads" })).toHaveCount(0);
  await expect(page.getByRole("heading", { name: /^Who came back/ })).toBeVisible();
});

test("what is known in part says of how much", async ({ page, own }) => {
  await open(page, `${own.url}/friction`);
  await expect(page.getByText(/latency known of 50\s% of sessions/)).toBeVisible();
  await expect(page.getByRole("heading", { name: "What the scores are made of" })).toBeVisible();
  await open(page, own.url);
  await expect(page.getByText(/^Not all scores have the same parts/)).toBeVisible();
});

test("the header names what is observed, and calls nothing else so", async ({
  page,
  own,
  bare,
}) => {
  await open(page, own.url);
  const header = page.locator(".provenance");
  await expect(header).toContainText("900 requests");
  await expect(header).toContainText(
    /users, times, .*observed, latency in part, 1 estimated, \d+ unknown/,
  );
  await expect(header).not.toContainText(/seed|simulated/);
  await header.getByRole("button").click();
  await expect(page.locator("dl")).toContainText("latency: 50\u202f% observed, 50\u202f% unknown");
  await open(page, bare.url);
  await expect(header).toContainText(/users, times, cost observed, 1 estimated, \d+ unknown/);
});

test("events of costs alone make whole pages, without empty sections", async ({ page, bare }) => {
  for (const path of kPages) {
    await open(page, bare.url + path);
    expect(await oddLines(page), path).toEqual([]);
    // A section has a chart, a table or a note.
    const empty = await page
      .locator("main section")
      .evaluateAll((all) =>
        all
          .filter((one) => !one.querySelector("svg, table, figure, canvas, ul, .bars, a, li"))
          .map((one) => one.textContent),
      );
    expect(empty, path).toEqual([]);
  }
  await open(page, `${bare.url}/friction`);
  await expect(page.getByText("No session has a friction score")).toBeVisible();
  await open(page, `${bare.url}/cost`);
  await expect(page.getByRole("heading", { name: "Cost by day", exact: true })).toBeVisible();
});

test("a session has no column of nothing, and says what is unknown", async ({
  page,
  own,
  bare,
}) => {
  await page.goto(await firstSession(page, own.url));
  const list = page.getByRole("region", { name: "Generations" });
  await expect(list.getByRole("columnheader", { name: "Cost, USD" })).toBeVisible();
  await expect(list.getByRole("columnheader", { name: "Status" })).toBeVisible();
  for (const name of ["Retries", "Feedback", "Download"])
    await expect(list.getByRole("columnheader", { name })).toHaveCount(0);
  await page.goto(await firstSession(page, bare.url));
  await expect(page.getByRole("heading", { name: "Why there is no score" })).toBeVisible();
  await expect(list.getByRole("columnheader")).toHaveText(["Time, UTC", "After", "Cost, USD"]);
  await expect(page.getByText(/^Observed in the source: .*Unknown: /)).toBeVisible();
});

for (const [width, colorScheme] of [
  [360, "dark"],
  [1280, "light"],
] as const)
  test(`pages of own events fit ${width} pixels, and axe finds nothing, ${colorScheme}`, async ({
    page,
    own,
    bare,
  }) => {
    await page.setViewportSize({ width, height: kHeight });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const addresses = [
      ...kPages.map((path) => own.url + path),
      await firstSession(page, own.url),
      `${bare.url}/friction`,
      await firstSession(page, bare.url),
    ];
    for (const address of addresses) {
      await open(page, address);
      expect(await oddLines(page), address).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, address).toBeLessThanOrEqual(width);
      const found = await new AxeBuilder({ page }).analyze();
      const faults = found.violations.map((one) => [one.id, one.nodes.map((node) => node.html)]);
      expect(faults, address).toEqual([]);
    }
  });
