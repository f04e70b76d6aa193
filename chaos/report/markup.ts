/** Text into HTML: what is inserted is escaped unless it is markup already. */

export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

type Inserted = string | number | Markup | readonly Markup[];

export function html(strings: TemplateStringsArray, ...inserted: readonly Inserted[]): Markup {
  const parts = strings.map((text, index) => text + textOf(inserted[index] ?? ""));
  return new Markup(parts.join(""));
}

function textOf(inserted: Inserted): string {
  if (inserted instanceof Markup) return inserted.html;
  if (typeof inserted === "number") return String(inserted);
  if (typeof inserted === "string") return escaped(inserted);
  return inserted.map((markup) => markup.html).join("");
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
