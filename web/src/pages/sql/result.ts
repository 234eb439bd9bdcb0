// Sorts the result of a query, writes its values as text, and prepares its chart.

import type { SqlResult } from "../../api/types";
import { keyTime } from "../../charts/time";
import type { Cell, TableData } from "../../format/table";
import { plain } from "../../format/text";

export type SqlColumn = SqlResult["columns"][number];
type Row = readonly unknown[];

const kNumeric = new Set(["integer", "number", "decimal"]);

export function isNumber(column: SqlColumn): boolean {
  return kNumeric.has(column.kind);
}

/** A value as text; null is "null", and the table draws it differently from the text "null". */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "null";
  return typeof value === "object" ? JSON.stringify(value) : String(value as string | number);
}

export function numberOf(value: unknown): number | null {
  if (typeof value === "number") return value;
  // The server sends decimals and large integers as text.
  if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)))
    return Number(value);
  return null;
}

// Columns with more digits are not aligned.
const kMaxDigits = 6;

/** The digits after the point that align the numbers of a column; null: it is not aligned. */
export function digitsOf(result: SqlResult, place: number): number | null {
  if (result.columns[place]?.kind !== "number") return null;
  let digits = 0;
  for (const row of result.rows as unknown[][]) {
    const value = row[place];
    if (typeof value !== "number") continue;
    const text = String(value);
    if (text.includes("e")) return null;
    digits = Math.max(digits, text.length - 1 - (text + ".").indexOf("."));
  }
  return digits > kMaxDigits ? null : digits;
}

/** A value as text, with the digits of its column. */
export function alignedText(value: unknown, digits: number | null): string {
  return digits !== null && typeof value === "number" ? value.toFixed(digits) : valueText(value);
}

/** The sorted rows. `sort` is the place of a column; a "-" before it sorts descending. */
export function sorted(result: SqlResult, sort: string): Row[] {
  const place = Number(sort.replace(/^-/, ""));
  const column = result.columns[place];
  if (!column || sort === "") return result.rows;
  const sign = sort.startsWith("-") ? -1 : 1;
  const numeric = isNumber(column);
  const compare = (a: unknown, b: unknown): number => {
    if (numeric) return (numberOf(a) ?? 0) - (numberOf(b) ?? 0);
    const left = valueText(a);
    const right = valueText(b);
    return left < right ? -1 : left > right ? 1 : 0;
  };
  return [...(result.rows as Row[])].sort((a, b) => {
    // Nulls come last in both directions.
    if (a[place] === null || b[place] === null)
      return Number(a[place] === null) - Number(b[place] === null);
    return sign * compare(a[place], b[place]);
  });
}

export function tableOf(result: SqlResult): TableData {
  return {
    columns: result.columns.map((column) => ({ label: column.name, numeric: isNumber(column) })),
    rows: (result.rows as Row[]).map((row) =>
      row.map((value): Cell =>
        value === null
          ? null
          : (value as Cell) === true || value === false
            ? (value as boolean)
            : typeof value === "number"
              ? value
              : valueText(value),
      ),
    ),
  };
}

export interface ChartChoice {
  kind: "line" | "bars";
  /** Places of columns. */
  x: number;
  y: number[];
}

const kMaxLines = 4;

/** The default chart of a result; null if it has no numbers. */
export function chartOf(result: SqlResult): ChartChoice | null {
  const y = result.columns.flatMap((column, place) => (isNumber(column) ? [place] : []));
  const time = result.columns.findIndex((column) => ["date", "timestamp"].includes(column.kind));
  const name = result.columns.findIndex((column) => !isNumber(column));
  if (result.rows.length === 0) return null;
  if (time >= 0 && y.length > 0) return { kind: "line", x: time, y: y.slice(0, kMaxLines) };
  if (name >= 0 && y.length > 0) return { kind: "bars", x: name, y: [y[0]!] };
  if (y.length > 1) return { kind: "bars", x: y[0]!, y: [y[1]!] };
  return null;
}

export interface ResultLine {
  label: string;
  values: (number | null)[];
}

// More lines are hard to tell apart.
const kMaxSplit = 6;

/**
 * The rows as lines over time: `keys` are ascending, and each line has a value for each key. If rows
 * share a time and a text column distinguishes them, each of its values gets a line. Rows without a
 * time are dropped.
 */
export function linesOf(
  result: SqlResult,
  x: number,
  y: readonly number[],
): { keys: string[]; lines: ResultLine[] } {
  const rows = (result.rows as Row[]).filter((row) =>
    Number.isFinite(keyTime(valueText(row[x]), null)),
  );
  const timed = rows
    .map((row) => ({ row, key: valueText(row[x]), time: keyTime(valueText(row[x]), null) }))
    .sort((a, b) => a.time - b.time);
  const by = timed.some((row, place) => row.time === timed[place - 1]?.time)
    ? result.columns.findIndex((column, place) => place !== x && splits(column, place, x, rows))
    : -1;
  if (by < 0)
    return {
      keys: timed.map((row) => row.key),
      lines: y.map((place) => ({
        label: plain(result.columns[place]!.name),
        values: timed.map(({ row }) => numberOf(row[place])),
      })),
    };
  const keys = [...new Set(timed.map((row) => row.key))];
  const places = new Map(keys.map((key, place) => [key, place]));
  const lines = new Map<string, ResultLine>();
  for (const { row, key } of timed) {
    const label = plain(valueText(row[by]));
    const line = lines.get(label) ?? { label, values: keys.map(() => null) };
    lines.set(label, line);
    line.values[places.get(key)!] = numberOf(row[y[0]!]);
  }
  return { keys, lines: [...lines.values()] };
}

// Whether a text column can split the rows into lines: few values, each at most once for each time.
function splits(column: SqlColumn, place: number, x: number, rows: readonly Row[]): boolean {
  if (isNumber(column)) return false;
  const values = new Set(rows.map((row) => valueText(row[place])));
  const pairs = new Set(rows.map((row) => JSON.stringify([row[x], row[place]])));
  return values.size > 1 && values.size <= kMaxSplit && pairs.size === rows.length;
}
