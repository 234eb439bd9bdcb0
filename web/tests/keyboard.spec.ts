import { expect, kDecember, open, settled, test } from "./fixtures";

test("a slash finds a table and opens it", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("/");
  const box = page.getByRole("combobox", { name: /^Find/ });
  await expect(box).toBeFocused();
  await box.pressSequentially("dim_us");
  await expect(page.getByRole("listbox").getByRole("option").first()).toContainText("dim_users");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/data\/dim_users/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("dim_users");
});

test("a slash finds an asset beside the table of its name", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("/");
  await page.getByRole("combobox", { name: /^Find/ }).pressSequentially("dim_users");
  const options = page.getByRole("listbox").getByRole("option");
  await expect(options.nth(1)).toContainText("asset");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/pipeline\?.*asset=dim_users/);
  await expect(page.getByRole("button", { name: /^dim_users/, pressed: true })).toBeVisible();
});

test("a slash finds a column, a page and a session", async ({ page }) => {
  await open(page, "/");
  for (const [typed, kind, address] of [
    ["fct_sessions.friction_score", "column", /\/data\/fct_sessions\?.*column=friction_score/],
    ["sess", "page", /\/sessions/],
    ["17", "session", /\/sessions\/17/],
  ] as const) {
    await page.keyboard.press("/");
    await page.getByRole("combobox", { name: /^Find/ }).pressSequentially(typed);
    await expect(page.getByRole("listbox").getByRole("option").first()).toContainText(kind);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(address);
    await settled(page);
  }
});

test("numbers open the pages, a question mark tells the keys", async ({ page }) => {
  await open(page, `/?${kDecember}`);
  await page.keyboard.press("2");
  await expect(page).toHaveURL(/\/friction\?from=2025-12-01/);
  await expect(page).toHaveTitle(/^Friction/);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeHidden();
  // That Escape closed the dialog, and left the period.
  await expect(page).toHaveURL(/from=2025-12-01/);
});

test("arrows read a chart, and with Shift and Enter filter on a range", async ({ page }) => {
  await open(page, `/?${kDecember}`);
  const chart = page.getByRole("slider", { name: /^Friction by day/ });
  await chart.focus();
  await page.keyboard.press("Home");
  await expect(chart).toHaveAttribute("aria-valuetext", /^1 Dec 2025: Friction \d/);
  await page.keyboard.press("ArrowRight");
  await expect(chart).toHaveAttribute("aria-valuetext", /^2 Dec/);
  for (let days = 0; days < 5; days += 1) await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/from=2025-12-02&to=2025-12-07/);
});

test("arrows go through a leaderboard, Enter filters, with Shift adds", async ({ page }) => {
  await open(page, "/friction");
  const board = page
    .locator("figure")
    .filter({ has: page.getByRole("heading", { name: "By region", exact: true }) });
  const rows = board.locator("li button");
  await rows.first().focus();
  await page.keyboard.press("ArrowDown");
  await expect(rows.nth(1)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/region=/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Shift+Enter");
  await expect.poll(() => new URL(page.url()).searchParams.getAll("region").length).toBe(2);
});

test("arrows go through the table of sessions, Enter opens one", async ({ page }) => {
  await open(page, "/sessions");
  const grid = page.getByRole("grid", { name: /^Sessions/ });
  await expect(grid.getByRole("row").nth(3)).toContainText("2025");
  await grid.focus();
  await page.keyboard.press("End");
  await expect(grid.locator(".row").last()).toContainText("2025-11-01");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  const id = await grid.locator("#row-1 a").innerText();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/sessions/${id}`));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Session ${id}`);
  await expect(page.getByRole("heading", { name: /^Why the score is/ })).toBeVisible();
});

test("the whole of a page is reached with Tab alone, and the first stop skips to it", async ({
  page,
}) => {
  await open(page, "/");
  await page.keyboard.press("Tab");
  await expect(page.getByText("Skip to the page")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
  const seen = new Set<string>();
  for (let stop = 0; stop < 40; stop += 1) {
    await page.keyboard.press("Tab");
    seen.add(
      await page.evaluate(
        () => document.activeElement?.getAttribute("role") ?? document.activeElement?.tagName ?? "",
      ),
    );
  }
  expect([...seen]).toEqual(expect.arrayContaining(["A", "BUTTON", "slider"]));
});
