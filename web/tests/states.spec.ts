// Every button and link can be read in each of its states, in both themes.

import type { Page } from "@playwright/test";
import { expect, kDecember, open, test } from "./fixtures";

const kControls = "button, a[href], summary, select";
const kStates = {
  "at rest": [],
  hovered: ["hover"],
  focused: ["focus", "focus-visible"],
  pressed: ["hover", "active"],
} as const;
// WCAG AA; what is large or disabled may do with less.
const kLeast = 4.5;
const kLeastOfLarge = 3;

/** Texts in controls whose contrast is too low, as "text: contrast". */
async function faint(page: Page): Promise<string[]> {
  return page.evaluate(
    ([selector, least, leastOfLarge]) => {
      type Color = [number, number, number, number];
      const parse = (text: string): Color => {
        const parts = (text.match(/[\d.]+/g) ?? []).map(Number);
        return [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0, parts[3] ?? 1];
      };
      const over = (top: Color, below: Color): Color => {
        const mix = (at: 0 | 1 | 2) => top[at] * top[3] + below[at] * (1 - top[3]);
        return [mix(0), mix(1), mix(2), 1];
      };
      const behind = (element: Element | null): Color => {
        if (!element) return parse(getComputedStyle(document.documentElement).backgroundColor);
        const own = parse(getComputedStyle(element).backgroundColor);
        return own[3] === 1 ? own : over(own, behind(element.parentElement));
      };
      const light = (color: Color) =>
        [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => {
          const part = color[at as 0 | 1 | 2] / 255;
          return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        }, 0);
      const faults = new Set<string>();
      for (const control of document.querySelectorAll<HTMLElement>(selector)) {
        if (!control.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        const texts = document.createTreeWalker(control, NodeFilter.SHOW_TEXT);
        for (let node = texts.nextNode(); node; node = texts.nextNode()) {
          const text = node.textContent?.trim() ?? "";
          const holder = node.parentElement!;
          if (text === "" || holder.closest(".hidden-visually, option")) continue;
          const looks = getComputedStyle(holder);
          const ground = behind(holder);
          const a = light(over(parse(looks.color), ground));
          const b = light(ground);
          const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          const size = parseFloat(looks.fontSize);
          const large = size >= 24 || (size >= 18.66 && Number(looks.fontWeight) >= 700);
          const disabled = control.matches(":disabled");
          if (contrast < (large || disabled ? leastOfLarge : least))
            faults.add(`${control.className} ${text}: ${contrast.toFixed(2)}`);
        }
      }
      return [...faults];
    },
    [kControls, kLeast, kLeastOfLarge] as const,
  );
}

for (const scheme of ["light", "dark"] as const)
  for (const [name, path] of [
    ["Overview", `/?${kDecember}&tier=free`],
    ["Friction", `/friction?${kDecember}&region=!asia`],
    ["Cost", "/cost?colour=red"],
    ["Engagement", "/engagement"],
    ["Sessions", "/sessions"],
    ["a session", "/sessions/17"],
    ["Pipeline", "/pipeline?asset=fct_sessions"],
    ["SQL", "/sql?q=select 1 as one"],
    ["Data", "/data"],
    ["a table", "/data/fct_sessions"],
    ["nothing", "/friction?user=99999999"],
  ] as const)
    test(`${name} can be read in every state of its controls, ${scheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await open(page, path);
      const client = await page.context().newCDPSession(page);
      await client.send("DOM.enable");
      await client.send("CSS.enable");
      const { root } = await client.send("DOM.getDocument");
      const { nodeIds } = await client.send("DOM.querySelectorAll", {
        nodeId: root.nodeId,
        selector: kControls,
      });
      expect(nodeIds.length).toBeGreaterThan(5);
      for (const [state, classes] of Object.entries(kStates)) {
        for (const nodeId of nodeIds)
          await client.send("CSS.forcePseudoState", { nodeId, forcedPseudoClasses: [...classes] });
        expect(await faint(page), state).toEqual([]);
      }
    });

test("the primary button keeps its label under a real pointer", async ({ page }) => {
  await open(page, "/sql");
  const run = page.getByRole("button", { name: "Run" });
  await run.hover();
  await page.waitForTimeout(200);
  const [text, ground] = await run.evaluate((button) => {
    const looks = getComputedStyle(button);
    return [looks.color, looks.backgroundColor];
  });
  expect(text).toBe("rgb(255, 255, 255)");
  expect(ground).toBe("rgb(53, 56, 154)");
});
