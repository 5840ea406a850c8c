import { type FormEvent, useState } from 'react';
import type { SignInCodeSentAnswer } from '../../../lib/contract/answers.ts';
import type { HumanAnswer, HumanChallenge } from '../../../lib/linking/human-check.ts';
import { answers, parseAnswer } from '../api/answers.ts';
import type { Client } from '../api/client.ts';
import type { ServerClock } from '../api/clock.ts';
import { asFailure } from '../api/failure.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { HumanCheckPanel } from '../human-check/HumanCheckPanel.tsx';
import { EmailCodeFields } from '../linking/EmailCodeFields.tsx';
import { useEmailForm } from '../linking/use-email-form.ts';
import { signInSlot } from '../state/memory.ts';
import { formatWait } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';

/** The code that was on its way before a reload. */
function remembered(): SignInCodeSentAnswer | null {
  try {
    return parseAnswer(answers.signInCodeSent, JSON.parse(signInSlot.get() ?? 'null'));
  } catch {
    return null;
  }
}

export interface EmailSignInProps {
  readonly client: Client;
  readonly clock: ServerClock;
  readonly onSignedIn: () => void;
}

/** A check the service asks for before it sends; `refused` where the answer to the one before was not accepted. */
interface AskedCheck {
  readonly check: HumanChallenge;
  readonly refused: boolean;
  readonly round: number;
}

/** An address, a code and 登录. It says the same whether or not anybody has the address. */
export function EmailSignIn({ client, clock, onSignedIn }: EmailSignInProps) {
  const { t, language } = useWords();
  const [challenge, setChallenge] = useState(remembered);
  const [asked, setAsked] = useState<AskedCheck | null>(null);
  const form = useEmailForm(challenge, clock);
  const { running, slow, failure } = form.task;

  const send = (answer?: HumanAnswer) => {
    if (form.emailMissing()) return;
    form.send(async () => {
      try {
        const sent = await client.sendSignInCode(form.email, answer);
        setChallenge(sent);
        signInSlot.set(JSON.stringify(sent));
        setAsked(null);
        return sent;
      } catch (error) {
        // An answer is good for one sending: each check that is asked for is a new one.
        const { humanCheck: check } = asFailure(error);
        const refused = answer !== undefined;
        setAsked((last) => (check ? { check, refused, round: (last?.round ?? 0) + 1 } : null));
        throw error;
      }
    });
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    form.submit(async () => {
      if (!challenge) return;
      await client.signIn(challenge.challengeId, form.code);
      signInSlot.set(null);
      onSignedIn();
    });
  };

  const hint =
    challenge && form.sentForSeconds !== null
      ? t('sign_in.sent', { to: challenge.sentTo, minutes: formatWait(form.sentForSeconds, language) })
      : null;

  return (
    <form onSubmit={submit} noValidate aria-label={t('sign_in.email')} className="stacked-form">
      <EmailCodeFields
        form={form}
        clock={clock}
        waiting={challenge}
        context="sign_in"
        emailRefused={failure?.code === 'invalid_request'}
        attemptsLeft={null}
        hint={hint}
        onSend={() => send()}
      />
      {asked ? (
        <HumanCheckPanel key={asked.round} check={asked.check} refused={asked.refused} onAnswer={send} />
      ) : null}
      <ActionButton
        type="submit"
        look="primary"
        size="large"
        block
        disabled={running !== null}
        slow={slow && running === 'submit'}
      >
        {t('sign_in.submit')}
      </ActionButton>
    </form>
  );
}
