// Draws an element of the page as a PNG.

// The CSS properties that make an element look the same outside the page.
const kProperties = [
  "align-items background-color background-image background-position background-repeat background-size",
  "border-bottom border-left border-radius border-right border-top",
  "bottom box-sizing color column-gap display fill fill-opacity flex flex-direction flex-wrap",
  "font-family font-size font-style font-variant-numeric font-weight gap grid-column",
  "grid-template-columns height justify-content left letter-spacing line-height margin-bottom",
  "margin-left margin-right margin-top max-width min-width opacity overflow padding-bottom",
  "padding-left padding-right padding-top position right row-gap shape-rendering stroke",
  "stroke-dasharray stroke-width text-align text-anchor text-overflow top transform",
  "vertical-align visibility white-space width border-collapse dominant-baseline",
]
  .join(" ")
  .split(" ");

// A copy whose elements carry their computed styles, because it leaves the style sheets behind.
function dressed(element: Element): Element {
  const copy = element.cloneNode(false) as HTMLElement | SVGElement;
  copy.removeAttribute("class");
  copy.removeAttribute("id");
  const style = getComputedStyle(element);
  for (const property of kProperties)
    copy.style.setProperty(property, style.getPropertyValue(property));
  for (const child of element.childNodes) {
    if (child instanceof Element) {
      if (!child.hasAttribute("data-no-export")) copy.append(dressed(child));
    } else if (child.nodeType === Node.TEXT_NODE) copy.append(child.cloneNode());
  }
  return copy;
}

async function loaded(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

const kCaptionPixels = 12;

// Breaks a text into lines of at most `width` pixels.
function wrapped(context: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines.at(-1) === "" ? word : `${lines.at(-1)} ${word}`;
    if (lines.at(-1) !== "" && context.measureText(longer).width > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Draws the element as it is on the page, at twice its size, with `caption` below it. */
export async function toPng(element: HTMLElement, caption: string): Promise<Blob> {
  const box = element.getBoundingClientRect();
  const width = Math.ceil(box.width);
  const height = Math.ceil(box.height);
  const pad = 16;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("width", String(width + 2 * pad));
  svg.setAttribute("height", String(height + 2 * pad));
  const holder = document.createElementNS("http://www.w3.org/2000/svg", "foreignObject");
  for (const [name, value] of Object.entries({ x: pad, y: pad, width, height }))
    holder.setAttribute(name, String(value));
  holder.append(dressed(element));
  svg.append(holder);
  const text = new XMLSerializer().serializeToString(svg);
  // A data: URL, because Chromium taints the canvas for an SVG from a blob: URL.
  const image = await loaded("data:image/svg+xml;charset=utf-8," + encodeURIComponent(text));
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d")!;
  const looks = getComputedStyle(document.documentElement);
  const font = `${kCaptionPixels}px ${getComputedStyle(document.body).fontFamily}`;
  context.font = font;
  const lines = wrapped(context, caption, width);
  const below = caption === "" ? 0 : lines.length * kCaptionPixels * 1.4 + 4;
  canvas.width = 2 * (width + 2 * pad);
  canvas.height = 2 * (height + 2 * pad + below);
  context.fillStyle = looks.backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(2, 2);
  context.drawImage(image, 0, 0);
  // Setting the size of the canvas reset the font.
  context.font = font;
  context.fillStyle = looks.getPropertyValue("--ink-2");
  lines.forEach((line, place) =>
    context.fillText(line, pad, height + 2 * pad + (place + 0.6) * kCaptionPixels * 1.4),
  );
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"),
  );
}
