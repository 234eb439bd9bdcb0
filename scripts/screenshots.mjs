// See scripts/screenshots, which sets up what this needs.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";

const root = join(import.meta.dirname, "..");
const { chromium } = createRequire(join(root, "web/package.json"))("@playwright/test");
const gsa = process.env.GSA ?? join(root, "build/release/gsa");
const folder = process.argv[2];

const kWidth = 1280;
const kHeight = 860;
const kQuery =
  "select session_date, round(avg(friction_score), 2) as friction\nfrom fct_sessions\ngroup by session_date\norder by session_date";
const period = "from=2025-12-01&to=2025-12-30";
const pictures = [
  ["overview", `/?${period}`, "light"],
  ["overview-dark", `/?${period}`, "dark"],
  ["friction", `/friction?${period}`, "light"],
  ["friction-dark", `/friction?${period}`, "dark"],
  ["cost", `/cost?${period}`, "light"],
  ["engagement", `/engagement?${period}`, "light"],
  ["sessions", "/sessions?sort=-friction&tier=free", "light"],
  ["session", "SESSION", "light"],
  ["pipeline", "/pipeline", "light"],
  ["sql", `/sql?view=chart&q=${encodeURIComponent(kQuery)}`, "light"],
  ["data", "/data/fct_sessions", "light"],
];

// ---- PNG with a palette: pages have few colours, and most bytes are for the edges of letters.

function chunk(name, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(name, 4, "latin1");
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

/** The most frequent colours, and of each other colour the nearest of them. */
function palette(pixels) {
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  // Colours that the eye cannot tell apart count as one.
  const coarse = new Map();
  for (const [color, count] of counts) {
    const key = color & 0xf8f8f8;
    const best = coarse.get(key);
    if (!best || count > best.most)
      coarse.set(key, { color, most: count, sum: (best?.sum ?? 0) + count });
    else best.sum += count;
  }
  const colors = [...coarse.values()]
    .sort((a, b) => b.sum - a.sum)
    .slice(0, 256)
    .map((one) => one.color);
  const place = new Map();
  for (const color of counts.keys()) {
    let nearest = 0;
    let least = Infinity;
    for (let i = 0; i < colors.length && least > 0; i += 1) {
      const red = ((color >> 16) & 255) - ((colors[i] >> 16) & 255);
      const green = ((color >> 8) & 255) - ((colors[i] >> 8) & 255);
      const blue = (color & 255) - (colors[i] & 255);
      const far = red * red + green * green + blue * blue;
      if (far < least) [least, nearest] = [far, i];
    }
    place.set(color, nearest);
  }
  return { colors, place };
}

function png(width, height, rgba) {
  const pixels = new Uint32Array(width * height);
  for (let i = 0; i < pixels.length; i += 1)
    pixels[i] = (rgba[4 * i] << 16) | (rgba[4 * i + 1] << 8) | rgba[4 * i + 2];
  const { colors, place } = palette(pixels);
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      rows[y * (width + 1) + 1 + x] = place.get(pixels[y * width + x]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8); // 8 bits per pixel, with a palette
  const table = Buffer.from(colors.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("PLTE", table),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

// ---- The pictures.

const work = mkdtempSync(join(tmpdir(), "gsa-pictures-"));
const warehouse = join(work, "warehouse.duckdb");
execFileSync(gsa, [
  ...["run", "--quiet", "--warehouse", warehouse, "--source", "synthetic"],
  ...["--prompts", "10000", "--users", "500", "--month", "2025-11..2025-12"],
]);
const server = spawn(gsa, ["serve", "--no-token", "--port", "0", "--warehouse", warehouse], {
  stdio: ["ignore", "ignore", "pipe"],
});
const url = await new Promise((resolve, reject) => {
  let said = "";
  server.stderr.on("data", (data) => {
    said += data;
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
    if (found) resolve(found[0]);
  });
  server.once("exit", () => reject(new Error(said)));
});

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
mkdirSync(folder, { recursive: true });
try {
  const sessions = await (await fetch(`${url}/api/sessions?sort=-total_generations&limit=1`)).json();
  const decoder = await browser.newPage();
  for (const [name, path, colorScheme] of pictures) {
    const page = await browser.newPage({
      viewport: { width: kWidth, height: kHeight },
      colorScheme,
      reducedMotion: "reduce",
    });
    await page.goto(url + path.replace("SESSION", `/sessions/${sessions.rows[0].session_id}`));
    await page.locator("main h1").first().waitFor({ state: "attached" });
    await page.waitForFunction(() => document.querySelector("main [aria-busy=true]") === null);
    await page.waitForTimeout(500);
    const shot = await page.screenshot();
    await page.close();
    const { width, height, base64 } = await decoder.evaluate(async (source) => {
      const blob = await (await fetch(source)).blob();
      const bitmap = await createImageBitmap(blob);
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext("2d");
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      let text = "";
      for (let i = 0; i < data.length; i += 0x8000)
        text += String.fromCharCode(...data.subarray(i, i + 0x8000));
      return { width: bitmap.width, height: bitmap.height, base64: btoa(text) };
    }, `data:image/png;base64,${shot.toString("base64")}`);
    const small = png(width, height, Buffer.from(base64, "base64"));
    writeFileSync(join(folder, `${name}.png`), small);
    console.log(`${name}.png ${Math.round(small.length / 1000)} kB`);
  }
} finally {
  await browser.close();
  server.kill("SIGTERM");
  rmSync(work, { recursive: true, force: true });
}
