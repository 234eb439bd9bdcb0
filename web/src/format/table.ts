// The table behind a chart. Cells hold raw values, so that exports keep all digits.

import { kMissing } from "./numbers";
import { write, type MeasureFormat } from "./measures";
import { firstOf, plain, shortened } from "./text";

export type Cell = string | number | boolean | null;

export interface TableColumn {
  label: string;
  /** Formats numbers; without it they are shown as they are. */
  format?: MeasureFormat;
  numeric?: boolean;
}

export interface TableData {
  columns: readonly TableColumn[];
  rows: readonly (readonly Cell[])[];
}

export function isNumeric(column: TableColumn): boolean {
  return column.numeric ?? column.format !== undefined;
}

// A cell shows one line; exported files have the whole text.
const kLongestShown = 300;

export function cellText(value: Cell | undefined, column: TableColumn): string {
  if (value === null || value === undefined) return kMissing;
  return typeof value === "number" && column.format
    ? write(value, column.format)
    : plain(shortened(String(value), kLongestShown));
}

// The server sends decimals as text.
const kNumber = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

function quoted(value: Cell): string {
  if (value === null) return "";
  let text = String(value);
  // A spreadsheet runs such a text as a formula, unless a quote precedes it.
  if (typeof value === "string" && /^[=+\-@\t\r]/.test(text) && !kNumber.test(text))
    text = "'" + text;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** CSV by RFC 4180 with a header line. null is an empty field; text never becomes a formula. */
export function toCsv(table: TableData): string {
  const lines = [table.columns.map((column) => quoted(column.label))];
  for (const row of table.rows) lines.push(row.map(quoted));
  return lines.map((line) => line.join(",") + "\r\n").join("");
}

const kLongestPart = 60;
const kLongestName = 160;

function slug(text: string): string {
  return firstOf(
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, ""),
    kLongestPart,
  ).replace(/-$/, "");
}

/** A file name from its parts: "Friction by day", "1–7 Dec" → "friction-by-day_1-7-dec". */
export function fileName(...parts: string[]): string {
  return firstOf(parts.map(slug).filter(Boolean).join("_"), kLongestName) || "table";
}
