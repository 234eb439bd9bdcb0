import type { Page } from "@playwright/test";
import { expect, kDecember, open, settled, test } from "./fixtures";

const board = (page: Page, title: string) =>
  page.locator("figure").filter({ has: page.getByRole("heading", { name: title, exact: true }) });
const row = (page: Page, title: string, value: string) =>
  board(page, title).getByRole("button", { name: new RegExp(`^${value}`) });
const query = (page: Page) => new URL(page.url()).searchParams;

test("a click filters, and again no longer", async ({ page }) => {
  await open(page, `/friction?${kDecember}`);
  const tiers = await board(page, "By tier").locator("ul").innerText();
  const regions = await board(page, "By region").locator("ul").innerText();

  await row(page, "By tier", "free").click();
  await settled(page);
  expect(query(page).getAll("tier")).toEqual(["free"]);
  // A chart obeys all filters but its own.
  expect(await board(page, "By tier").locator("ul").innerText()).toBe(tiers);
  expect(await board(page, "By region").locator("ul").innerText()).not.toBe(regions);
  await expect(row(page, "By tier", "free")).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("search")).toContainText("tier: free");

  await row(page, "By tier", "free").click();
  await settled(page);
  expect(query(page).getAll("tier")).toEqual([]);
  expect(await board(page, "By region").locator("ul").innerText()).toBe(regions);
});

test("Shift adds, Alt excludes", async ({ page }) => {
  await open(page, "/friction");
  await row(page, "By tier", "free").click();
  await row(page, "By tier", "pro").click({ modifiers: ["Shift"] });
  expect(query(page).getAll("tier")).toEqual(["free", "pro"]);
  await row(page, "By tier", "pro").click({ modifiers: ["Alt"] });
  expect(query(page).getAll("tier")).toEqual(["free", "!pro"]);
  await row(page, "By region", "asia").click({ modifiers: ["Alt"] });
  expect(query(page).getAll("region")).toEqual(["!asia"]);
});

test("a bar's number is the number that a click on it gives", async ({ page }) => {
  await open(page, `/friction?${kDecember}`);
  const bar = await row(page, "By model", "v2.1").locator("b").innerText();
  await row(page, "By model", "v2.1").click();
  await page.getByRole("link", { name: "Overview" }).first().click();
  await settled(page);
  await expect(page.locator(".tile", { hasText: "Friction" }).locator(".value")).toHaveText(bar);
});

test("Back, Forward and a reload show the same", async ({ page }) => {
  await open(page, "/friction");
  await row(page, "By tier", "free").click();
  await row(page, "By region", "asia").click();
  await settled(page);
  const shown = await board(page, "By device").locator("ul").innerText();
  await page.goBack();
  expect([...query(page).keys()]).toEqual(["tier"]);
  await page.goBack();
  expect([...query(page).keys()]).toEqual([]);
  await page.goForward();
  await page.goForward();
  await settled(page);
  expect(await board(page, "By device").locator("ul").innerText()).toBe(shown);
  await page.reload();
  await settled(page);
  expect(await board(page, "By device").locator("ul").innerText()).toBe(shown);
});

test("filters go along from page to page", async ({ page }) => {
  await open(page, `/friction?${kDecember}&tier=free`);
  for (const name of ["Cost", "Data", "Sessions"]) {
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
    await settled(page);
    expect(query(page).get("tier")).toBe("free");
    expect(query(page).get("from")).toBe("2025-12-01");
  }
});

test("Escape clears the filter that was set last", async ({ page }) => {
  await open(page, "/friction");
  await row(page, "By tier", "free").click();
  await row(page, "By region", "asia").click();
  await page.keyboard.press("Escape");
  expect([...query(page).keys()]).toEqual(["tier"]);
  await page.keyboard.press("Escape");
  expect([...query(page).keys()]).toEqual([]);
});

test("dragging over a distribution filters on the range, and the same again no longer", async ({
  page,
}) => {
  await open(page, "/friction");
  const chart = page.getByRole("slider", { name: /^Sessions by friction/ });
  const box = (await chart.boundingBox())!;
  async function drag(): Promise<void> {
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 8 });
    await page.mouse.up();
    await settled(page);
  }
  await drag();
  const range = query(page).get("friction");
  expect(range).toMatch(/^\d+\.\.\d+$/);
  await expect(page.getByRole("search")).toContainText("friction");
  await drag();
  expect(query(page).get("friction")).toBeNull();
});

test("while one histogram is dragged over, the others follow without being asked again", async ({
  page,
}) => {
  await open(page, "/sessions");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const chart = page.getByRole("slider", { name: /^Sessions by friction/ });
  const box = (await chart.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.3, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.4, box.y + 60, { steps: 3 });
  await expect(page.locator("svg .behind").first()).toBeAttached();
  const first = await page.getByRole("heading", { name: /^[\d,]+ sessions$/ }).innerText();
  await page.mouse.move(box.x + box.width * 0.8, box.y + 60, { steps: 8 });
  await expect(page.getByRole("heading", { name: /^[\d,]+ sessions$/ })).not.toHaveText(first);
  expect(asked.filter((path) => path !== "/api/cube")).toEqual([]);
  expect(asked).toHaveLength(1);
  const dragged = await page.getByRole("heading", { name: /^[\d,]+ sessions$/ }).innerText();
  await page.mouse.up();
  await settled(page);
  // The server says the same as the cube did.
  await expect(page.getByRole("heading", { name: /^[\d,]+ sessions$/ })).toHaveText(dragged);
});

test("dragging over days makes them the period", async ({ page }) => {
  await open(page, `/?${kDecember}`);
  const chart = page.getByRole("slider", { name: /^Friction by day/ });
  const box = (await chart.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.3, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 80, { steps: 8 });
  await page.mouse.up();
  await settled(page);
  expect(query(page).get("from")! > "2025-12-01").toBe(true);
  expect(query(page).get("to")! < "2025-12-30").toBe(true);
});

test("the period and more filters are chosen from menus", async ({ page }) => {
  await open(page, "/friction");
  await page.getByRole("button", { name: /^Period/ }).click();
  await page.getByRole("button", { name: "December 2025" }).click();
  await settled(page);
  expect(query(page).get("from")).toBe("2025-12-01");
  await page.getByRole("button", { name: "+ filter" }).click();
  await page.getByRole("button", { name: "Region", exact: true }).click();
  await page.getByRole("checkbox", { name: "europe" }).click();
  await page.getByRole("checkbox", { name: "asia" }).click();
  await settled(page);
  expect(query(page).getAll("region")).toEqual(["europe", "asia"]);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("checkbox", { name: "asia" })).toBeHidden();
  expect(query(page).getAll("region")).toEqual(["europe", "asia"]);
  await page.getByRole("button", { name: /^Remove the filter/ }).click();
  expect(query(page).getAll("region")).toEqual([]);
});

test("on a narrow screen the filters are in a sheet", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await open(page, "/friction");
  await page.getByRole("button", { name: "Filters" }).click();
  const sheet = page.getByRole("dialog", { name: "Filters" });
  await sheet.getByRole("button", { name: "+ filter" }).click();
  await sheet.getByRole("button", { name: "Tier", exact: true }).click();
  await sheet.getByRole("checkbox", { name: "free" }).click();
  await sheet.getByRole("button", { name: "Close" }).click();
  await expect(page.getByRole("button", { name: "Filters (1)" })).toBeVisible();
  expect(query(page).getAll("tier")).toEqual(["free"]);
});

test("what matches nothing says so, and what to do", async ({ page }) => {
  await open(page, "/friction?user=99999999");
  const note = page.getByText("No sessions match").first();
  await expect(note).toBeVisible();
  await page
    .getByRole("button", { name: /^Clear user/ })
    .first()
    .click();
  await settled(page);
  await expect(note).toBeHidden();
});

test("a query that fails says what failed, and the rest of the page stays", async ({
  page,
  faults,
}) => {
  await page.route("**/api/histogram", (route) =>
    route.fulfill({
      status: 503,
      json: { error: "the server is busy", hint: "try again in a while", code: "busy" },
    }),
  );
  await open(page, "/friction");
  const chart = page.locator("figure", { hasText: "How friction is spread" });
  await expect(chart.getByRole("alert")).toContainText("the server is busy");
  await expect(row(page, "By tier", "free")).toBeVisible();
  await page.unroute("**/api/histogram");
  await chart.getByRole("button", { name: "Try again" }).click();
  await expect(chart.getByRole("slider")).toBeVisible();
  expect(faults.splice(0).every((fault) => fault.includes("503"))).toBe(true);
});
