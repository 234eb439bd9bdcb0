import { expect, open, settled, test } from "./fixtures";

test("a click on a column sorts on the server, and again the other way", async ({ page }) => {
  await open(page, "/sessions");
  const grid = page.getByRole("grid", { name: /^Sessions/ });
  const score = async () => Number(await grid.locator("#row-0 .score").innerText());
  await grid.getByRole("button", { name: "Friction" }).click();
  await expect(page).toHaveURL(/sort=-friction/);
  await expect(grid.getByRole("columnheader", { name: "Friction" })).toHaveAttribute(
    "aria-sort",
    "descending",
  );
  await expect.poll(score).toBeGreaterThan(90);
  await grid.getByRole("button", { name: "Friction" }).click();
  await expect.poll(score).toBeLessThan(10);
});

test("all sessions can be scrolled to, a page at a time", async ({ page }) => {
  await open(page, "/sessions?sort=session_id");
  const grid = page.getByRole("grid", { name: /^Sessions/ });
  await expect(grid.locator("#row-0 a")).toBeVisible();
  const total = Number(
    (await page.getByRole("heading", { name: /^[\d,]+ sessions$/ }).innerText()).replace(/\D/g, ""),
  );
  expect(total).toBeGreaterThan(4000);
  // Only the rows in sight are there.
  expect(await grid.locator(".row").count()).toBeLessThan(60);
  await grid.evaluate((box) => (box.scrollTop = box.scrollHeight));
  await expect(grid.locator(`#row-${total - 1} a`)).toBeVisible();
});

test("all sessions that the filters leave go to a file, in the order of the table", async ({
  page,
}) => {
  await open(page, "/sessions?tier=free&sort=-friction");
  const total = Number(
    (await page.getByRole("heading", { name: /^[\d,]+ sessions$/ }).innerText()).replace(/\D/g, ""),
  );
  const [csv] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download as CSV" }).click(),
  ]);
  expect(csv.suggestedFilename()).toBe("sessions_2025-11-01-to-2025-12-31_tier-free.csv");
  const lines = (await (await csv.createReadStream()).toArray()).join("").trim().split("\r\n");
  expect(lines).toHaveLength(total + 1);
  const names = lines[0]!.split(",");
  const rows = lines.slice(1).map((line) => line.split(","));
  expect(new Set(rows.map((row) => row[names.indexOf("user_tier")]))).toEqual(new Set(["free"]));
  const scores = rows.map((row) => Number(row[names.indexOf("friction_score")]));
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
});

test("a session explains its score by parts that add up", async ({ page }) => {
  await open(page, "/sessions?sort=-generations&friction=..99");
  await page
    .getByRole("grid", { name: /^Sessions/ })
    .locator("#row-0")
    .click();
  await settled(page);
  const box = page.getByRole("region", { name: "Why the score is what it is" });
  const score = Number(await box.locator("tfoot .points").innerText());
  const points = (await box.locator("tbody .points").allInnerTexts()).map(Number);
  expect(points.reduce((sum, part) => sum + part, 0)).toBeCloseTo(score, 0);
  const generations = page.getByRole("region", { name: "Generations" }).locator("tbody tr");
  expect(await generations.count()).toBeGreaterThan(1);
  // Opened from a list, Back goes to the list.
  await page.goBack();
  await expect(page).toHaveURL(/\/sessions\?/);
});

test("a session that is not there says so", async ({ page, faults }) => {
  await open(page, "/sessions/999999999");
  await expect(page.getByText("There is no such session")).toBeVisible();
  await page.getByRole("link", { name: "All sessions" }).click();
  await expect(page).toHaveURL(/\/sessions$/);
  expect(faults.splice(0).every((fault) => fault.includes("404"))).toBe(true);
});
