import { join } from 'node:path';

/** Pages whose tables are made of files, and held to them by a test. */

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

const DOCS = join(import.meta.dirname, '..', 'docs');

/** A page of docs/ and its Chinese twin. */
export const twins = (name: string): Readonly<Record<Language, string>> => ({
  en: join(DOCS, `${name}.md`),
  zh: join(DOCS, `${name}.zh.md`),
});

/** The first columns are text, the rest numbers. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], texts = 1): string {
  const rule = heads.map((_, index) => (index < texts ? '---' : '---:'));
  return [heads, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/**
 * A page with its tables as they are now. The place of one is between `<!-- KIND: NAME -->` and `<!-- end -->`.
 *
 * @throws Error for a table that the page has no place for, or a place that there is no table for
 */
export function placeTables(
  page: string,
  kind: string,
  tables: Readonly<Record<string, () => string>>,
): string {
  const placed = new Set<string>();
  const text = page.replace(
    new RegExp(`(<!-- ${kind}: (\\w+) -->\\n)[\\s\\S]*?(<!-- end -->)`, 'g'),
    (_, begin: string, name: string, end: string) => {
      const make = tables[name];
      if (make === undefined) throw new Error(`there is no table "${name}"`);
      placed.add(name);
      return `${begin}\n${make()}\n\n${end}`;
    },
  );
  const missing = Object.keys(tables).filter((name) => !placed.has(name));
  if (missing.length > 0) throw new Error(`the page has no place for ${missing}`);
  return text;
}
