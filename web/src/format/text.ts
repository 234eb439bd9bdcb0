// Untrusted text: prompts, names, values of SQL. Invisible characters and those that reverse the text
// around them are shown as their code points, so that a text cannot look like another.

export interface Piece {
  text: string;
  /** The name of an invisible character; null for plain text. */
  odd: string | null;
}

const kNames: Record<number, string> = {
  0x00: "null",
  0x08: "backspace",
  0x1b: "escape",
  0x7f: "delete",
  0xad: "soft hyphen",
  0x61c: "Arabic letter mark",
  0x180e: "Mongolian vowel separator",
  0x200b: "zero width space",
  0x200c: "zero width non-joiner",
  0x200d: "zero width joiner",
  0x200e: "left-to-right mark",
  0x200f: "right-to-left mark",
  0x2028: "line separator",
  0x2029: "paragraph separator",
  0x202a: "left-to-right embedding",
  0x202b: "right-to-left embedding",
  0x202c: "end of direction",
  0x202d: "left-to-right override",
  0x202e: "right-to-left override",
  0x2060: "word joiner",
  0x2066: "left-to-right isolate",
  0x2067: "right-to-left isolate",
  0x2068: "first strong isolate",
  0x2069: "end of isolate",
  0xfeff: "zero width no-break space",
  0xfffd: "what is no character",
};

// Control characters except tab and line feeds, invisible and directional formats, lone surrogates, tags.
// Joiners between emoji and non-joiners between letters are ordinary spelling, so they stay.
const kOdd =
  /(?<!\p{Extended_Pictographic}\ufe0f?|\p{Emoji_Modifier})\u200d|\u200d(?!\p{Extended_Pictographic})|(?<!\p{L})\u200c|\u200c(?!\p{L})|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffd\u{e0000}-\u{e007f}]|\p{Cs}/gu;

function codeOf(odd: string): string {
  return "U+" + odd.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
}

/** The text in pieces; each invisible character is a piece with its code point as text. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(kOdd)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), odd: null });
    const code = codeOf(match[0]);
    pieces.push({
      text: code,
      odd: kNames[match[0].codePointAt(0)!] ?? "a character that is unseen",
    });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), odd: null });
  return pieces;
}

/** The same as one string, "a⟨U+202E⟩b", for attributes, names and SVG. */
export function plain(text: string): string {
  return text.replace(kOdd, (odd) => `⟨${codeOf(odd)}⟩`);
}

/** The first `max` UTF-16 units; a surrogate pair is never cut. */
export function firstOf(text: string, max: number): string {
  if (text.length <= max) return text;
  // A high surrogate at the end belongs to the next unit.
  const end = /[\ud800-\udbff]/.test(text[max - 1]!) ? max - 1 : max;
  return text.slice(0, end);
}

/** At most `max` characters and "…", for table cells and names. */
export function shortened(text: string, max: number): string {
  return text.length <= max ? text : firstOf(text, max) + "…";
}
