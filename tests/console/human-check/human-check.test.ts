import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { loadScript } from '../../../console/src/human-check/load-script.ts';
import type { HumanCheckView } from '../../../console/src/human-check/show.ts';
import {
  openTencentCaptcha,
  type TencentCaptcha,
  type TencentResult,
} from '../../../console/src/human-check/tencent.ts';
import { renderTurnstile } from '../../../console/src/human-check/turnstile.ts';

/** A check on a page, and what was heard of it. */
function view(language: HumanCheckView['language'] = 'zh-CN') {
  const heard: unknown[] = [];
  const place: HumanCheckView = {
    holder: {} as HTMLElement,
    language,
    dark: true,
    onAnswer: (answer) => heard.push(answer),
    onShown: () => heard.push('shown'),
    onClosed: () => heard.push('closed'),
    onFailed: () => heard.push('failed'),
  };
  return { place, heard };
}

describe('Turnstile', () => {
  /** @param widgetId what its `render` answers */
  function turnstile(widgetId: string | undefined) {
    const drawn: Record<string, unknown>[] = [];
    const removed: string[] = [];
    return {
      drawn,
      removed,
      /** Calls one of the callbacks it was drawn with. */
      call: (name: string, ...given: unknown[]) => {
        const callback = drawn[0]?.[name];
        return typeof callback === 'function' ? callback(...given) : undefined;
      },
      api: {
        render: (_holder: HTMLElement, options: Readonly<Record<string, unknown>>) => {
          drawn.push(options);
          return widgetId;
        },
        remove: (id: string) => removed.push(id),
      },
    };
  }

  test('is drawn in the page’s language and appearance, and gives its token', () => {
    const { api, drawn, removed, call } = turnstile('w1');
    const { place, heard } = view();
    const stop = renderTurnstile(api, 'site-key', place);
    expect(drawn).toEqual([
      expect.objectContaining({
        sitekey: 'site-key',
        action: 'send_sign_in_code',
        language: 'zh-cn',
        theme: 'dark',
      }),
    ]);
    call('callback', 't1');
    expect(heard).toEqual(['shown', { token: 't1' }]);
    stop();
    expect(removed).toEqual(['w1']);
  });

  test('that fails is said so, and not tried again behind the page’s back', () => {
    const { api, drawn, call } = turnstile('w1');
    const { place, heard } = view();
    renderTurnstile(api, 'site-key', place);
    expect(drawn[0]?.['retry']).toBe('never');
    expect(call('error-callback')).toBe(true);
    expect(heard).toEqual(['shown', 'failed']);
  });

  test('that draws nothing is a failure', () => {
    expect(() => renderTurnstile(turnstile(undefined).api, 'site-key', view().place)).toThrow();
  });
});

describe('Tencent’s captcha', () => {
  /** Opens one and gives its answer. */
  function answered(result: TencentResult) {
    const { place, heard } = view('en');
    const calls: unknown[] = [];
    const Constructor = class {
      readonly #callback: (result: TencentResult) => void;
      constructor(appId: string, callback: (result: TencentResult) => void, options: unknown) {
        this.#callback = callback;
        calls.push([appId, options]);
      }
      show() {
        this.#callback(result);
      }
      destroy() {
        calls.push('destroyed');
      }
    };
    const stop = openTencentCaptcha(Constructor satisfies TencentCaptcha, '190000000', place);
    return { heard, calls, stop };
  }

  test('gives its ticket and random string', () => {
    const { heard, calls, stop } = answered({ ret: 0, ticket: 't', randstr: 'r' });
    expect(heard).toEqual(['shown', { ticket: 't', randstr: 'r' }]);
    stop();
    expect(calls).toEqual([['190000000', { userLanguage: 'en', enableDarkMode: true }], 'destroyed']);
  });

  test('can be closed without an answer', () => {
    expect(answered({ ret: 2, ticket: null }).heard).toEqual(['shown', 'closed']);
  });

  test('whose server does not answer gives a ticket that proves nothing', () => {
    const { heard } = answered({ ret: 0, ticket: 'trerror_1001', randstr: '@x', errorCode: 1001 });
    expect(heard).toEqual(['shown', 'failed']);
  });
});

describe('another party’s script', () => {
  interface Script {
    src: string;
    onload?: () => void;
    onerror?: () => void;
    remove: () => void;
    removed: boolean;
  }

  function page() {
    const scripts: Script[] = [];
    const document = {
      createElement: () => {
        const script: Script = {
          src: '',
          removed: false,
          remove: () => {
            script.removed = true;
          },
        };
        return script;
      },
      head: { append: (script: Script) => scripts.push(script) },
    };
    return { scripts, document: document as unknown as Document };
  }

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('is loaded once, however often it is asked for', async () => {
    const { scripts, document } = page();
    const twice = [
      loadScript('https://once.example/', document),
      loadScript('https://once.example/', document),
    ];
    expect(scripts.map(({ src }) => src)).toEqual(['https://once.example/']);
    scripts[0]?.onload?.();
    await Promise.all(twice);
    await loadScript('https://once.example/', document);
    expect(scripts).toHaveLength(1);
  });

  test('that is refused can be tried again', async () => {
    const { scripts, document } = page();
    const first = loadScript('https://again.example/', document);
    scripts[0]?.onerror?.();
    await expect(first).rejects.toThrow();
    expect(scripts[0]?.removed).toBe(true);
    const second = loadScript('https://again.example/', document);
    scripts[1]?.onload?.();
    await second;
  });

  test('that never comes is not waited for without end', async () => {
    const { scripts, document } = page();
    const loading = loadScript('https://never.example/', document);
    jest.advanceTimersByTime(15_000);
    await expect(loading).rejects.toThrow();
    expect(scripts[0]?.removed).toBe(true);
  });
});
