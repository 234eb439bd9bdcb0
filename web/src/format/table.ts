// A table behind a chart: values as they are, so that what is exported has all their digits.

import { kMissing } from "./numbers";
import { write, type MeasureFormat } from "./measures";

export type Cell = string | number | boolean | null;

export interface TableColumn {
  label: string;
  /** Of numbers; without it they are shown as they are. */
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

export function cellText(value: Cell | undefined, column: TableColumn): string {
  if (value === null || value === undefined) return kMissing;
  return typeof value === "number" && column.format ? write(value, column.format) : String(value);
}

function quoted(value: Cell): string {
  if (value === null) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** As RFC 4180 has it, with names in the first line; null is an empty field. */
export function toCsv(table: TableData): string {
  const lines = [table.columns.map((column) => quoted(column.label))];
  for (const row of table.rows) lines.push(row.map(quoted));
  return lines.map((line) => line.join(",") + "\r\n").join("");
}

/** A name for a file, of a title: "Friction by day" → "friction-by-day". */
export function fileName(title: string): string {
  return (
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 60) || "table"
  );
}
