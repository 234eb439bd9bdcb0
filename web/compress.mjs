// Writes FILE.br and FILE.gz beside each file below the folder that they make smaller, at the highest
// level: it is done once, when the program is built.
// usage: node compress.mjs FOLDER
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node compress.mjs FOLDER");
  process.exit(2);
}
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  const bytes = readFileSync(path);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  for (const [ending, packed] of [
    ["br", brotliCompressSync(bytes, quality)],
    ["gz", gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION })],
  ]) {
    if (packed.length < bytes.length) writeFileSync(`${path}.${ending}`, packed);
  }
}
