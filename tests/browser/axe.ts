/// <reference lib="dom" />
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from './support.ts';

declare global {
  interface Window {
    axe: typeof axe;
  }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Rules that look at pixels: colours and sizes. All others look at elements, whatever these look like. */
const VISUAL = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size'];

/** By the debugger, which no content security policy concerns; and directly: Playwright takes three times as long for so long a script. */
async function loadAxe(page: Page): Promise<void> {
  const debugging = await page.context().newCDPSession(page);
  await debugging.send('Runtime.evaluate', { expression: AXE });
  await debugging.detach();
}

/**
 * What axe finds, by WCAG 2.2 AA and its best practices, in shadow roots as well. Of the dialog where one is open: the page behind it
 * can't be used, and is looked at by itself.
 *
 * @param only.isVisual by the rules that look at pixels alone
 */
export async function violations(page: Page, { isVisual = false } = {}): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await loadAxe(page);
  const runOnly: axe.RunOnly = isVisual ? { type: 'rule', values: VISUAL } : { type: 'tag', values: TAGS };
  return page.evaluate(async (rules) => {
    const found = await window.axe.run(document.querySelector('dialog[open]') ?? document, {
      runOnly: rules,
      resultTypes: ['violations'],
    });
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, any, none }) =>
          `${id}: ${target.join(' ')}: ${[...any, ...none].map(({ message }) => message).join('; ')}`,
      ),
    );
  }, runOnly);
}

/** That, and by how much the page is wider than the window. */
export async function pageFaults(page: Page): Promise<string[]> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  return [...(await violations(page)), ...(overflow > 0 ? [`${overflow}px too wide`] : [])];
}
