/// <reference lib="dom" />
import { expect, jest, test } from '@jest/globals';
import { LANGUAGES } from '../../lib/linking/language.ts';
import { violations } from './axe.ts';
import { CUSTOMERS, importCast } from './cast.ts';
import { shareWorld } from './hooks.ts';
import { Stage } from './stage.ts';
import { openContext } from './support.ts';
import { tour } from './tour/index.ts';
import { wordsIn } from './words.ts';

jest.setTimeout(480_000);

const SIZES = {
  desktop: { width: 1440, height: 900 },
  tablet: { width: 1024, height: 768 },
  phone: { width: 375, height: 700 },
  /** As wide as WCAG 1.4.10 asks for: a small phone, or 1280 px at 400 %. */
  narrow: { width: 320, height: 256 },
};
/** Looked at for what does not fit, and not by axe once more. */
const ONLY_FIT = ['tablet', 'narrow'];

/** Each language sees the wide page in one appearance and the phone’s in the other. */
const LOOKS = {
  'zh-CN': [
    ['tablet', 'light'],
    ['narrow', 'light'],
    ['phone', 'dark'],
    ['desktop', 'light'],
  ],
  en: [
    ['tablet', 'dark'],
    ['narrow', 'dark'],
    ['phone', 'light'],
    ['desktop', 'dark'],
  ],
} as const;

/** Where each language's elements are looked at; where they only look otherwise, what looks at pixels is enough. */
const ELEMENTS_AT = { 'zh-CN': 'phone', en: 'desktop' } as const;

const shared = shareWorld(() => ({ SENDS_PER_10_MINUTES: '1000', SENDS_PER_DAY: '1000' }));

test.each(LANGUAGES)(
  'every state is accessible by WCAG 2.2 AA and scrolls one way only: %s',
  async (language) => {
    const { world, browser } = shared;
    if (language === 'en') await importCast(world);
    // What moves is seen half-way by axe, and takes its time.
    const context = await openContext(browser, { reducedMotion: 'reduce', locale: language });
    await context.addInitScript((chosen) => localStorage.setItem('console.language', chosen), language);
    const page = await context.newPage();
    const stage = new Stage({
      world,
      context,
      page,
      words: wordsIn(language),
      customer: CUSTOMERS[language],
    });
    const problems: string[] = [];
    const states: string[] = [];
    await tour(stage, async (name, part) => {
      if (part && 'close' in part) return;
      states.push(name);
      for (const [size, appearance] of LOOKS[language]) {
        await page.setViewportSize(SIZES[size]);
        const [overflow, moving] = await page.evaluate((mode) => {
          document.documentElement.setAttribute('theme-mode', mode);
          const { scrollWidth, clientWidth } = document.documentElement;
          const dialog = document.querySelector('dialog[open]');
          const inside = dialog ? dialog.scrollWidth - dialog.clientWidth : 0;
          return [Math.max(scrollWidth - clientWidth, inside), document.getAnimations().length];
        }, appearance);
        const where = `${name} (${size}, ${appearance})`;
        if (overflow > 0) problems.push(`${where} scrolls sideways by ${overflow} px`);
        if (moving > 0) problems.push(`${where} moves, though asked not to`);
        if (ONLY_FIT.includes(size)) continue;
        const isVisual = size !== ELEMENTS_AT[language];
        problems.push(...(await violations(page, { isVisual })).map((found) => `${where}: ${found}`));
      }
    });
    expect(problems).toEqual([]);
    expect(new Set(states).size).toBe(states.length);
    await context.close();
  },
);
