import { type HumanCheck, HumanCheckError, type Verdict } from '../../lib/human-check/human-check.ts';
import type { HumanAnswer } from '../../lib/linking/human-check.ts';
import { createWorld } from './world.ts';

/** Stands for Turnstile: a token is good once, if it was handed out here. */
class HumanCheckDouble implements HumanCheck {
  readonly kind = 'turnstile';
  readonly siteKey = 'site-key';
  /** What it was asked, newest last. */
  readonly asked: { readonly answer: HumanAnswer; readonly ip: string }[] = [];
  isDown = false;
  /** Of answers that were handed out by another page's widget. */
  mismatch: Verdict['mismatch'];
  private readonly good = new Set<string>();
  private made = 0;

  /** What the page gets once somebody has shown to be human. */
  answer(): { token: string } {
    const token = `token-${this.made++}`;
    this.good.add(token);
    return { token };
  }

  /** How many answers were handed out and not used. */
  get unused(): number {
    return this.good.size;
  }

  async verify(answer: HumanAnswer, ip: string): Promise<Verdict> {
    this.asked.push({ answer, ip });
    if (this.isDown) throw new HumanCheckError('no_answer');
    if (this.mismatch !== undefined) return { isHuman: false, mismatch: this.mismatch };
    return { isHuman: 'token' in answer && this.good.delete(answer.token) };
  }
}

const ON = { HUMAN_CHECK: 'turnstile', HUMAN_CHECK_SITE_KEY: 'site-key', HUMAN_CHECK_SECRET: 'site-secret' };

/** A world where whoever asks for many sign-in codes has to show to be human. */
export async function humanWorld(settings: Parameters<typeof createWorld>[0] = {}) {
  const world = await createWorld({ ...ON, ...settings });
  const humanCheck = new HumanCheckDouble();
  Object.assign(world.dependencies, { humanCheck });
  return { world, humanCheck };
}
