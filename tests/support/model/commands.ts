import { endOneSession, showAccount, showHistory, signOut, signOutEverywhere } from './accounts.ts';
import { answered, type Pending, pending } from './answers.ts';
import { COPY } from './cast.ts';
import { confirmMail, sendMail, sendSms, verifySms } from './codes.ts';
import { applyRecord, type CompanyRecord } from './company.ts';
import { type Help, helpOut } from './desk.ts';
import { beginLink, beginSignIn, comeBack, type Scan } from './flows.ts';
import { unlink } from './identities.ts';
import { type MailBack, mailComesBack } from './mail.ts';
import { deliverNotice, dismiss, type Link } from './notices.ts';
import { choosePreferences } from './preferences.ts';
import type { Fate } from './sending.ts';
import { askForCode, mailCode, signInByCode } from './sign-ins.ts';
import {
  altered,
  type Jar,
  jarOf,
  type Label,
  type OAuthProvider,
  type Preferences,
  type Provider,
  type Purpose,
  type State,
} from './state.ts';
import { keepOnly, liftSuspension } from './suspensions.ts';
import { disown, openByCode, restore, sayItWasNotMe, sendRestoreCode, showNotice } from './undo.ts';

/** What somebody asks of the service, by one of the routes of the contract. */
export type Command = { readonly browser: string } & (
  | { readonly ask: 'GET /account' | 'GET /account/history' | 'DELETE /session' | 'DELETE /sessions' }
  | { readonly ask: 'DELETE /sessions/{id}'; readonly session: Label }
  | { readonly ask: 'POST /otp/send'; readonly purpose: Purpose; readonly fate: Fate }
  | { readonly ask: 'POST /otp/verify'; readonly purpose: Purpose; readonly guess: Label }
  | { readonly ask: 'POST /links/email/send'; readonly address: string; readonly fate: Fate }
  | { readonly ask: 'POST /links/email'; readonly address: string; readonly guess: Label }
  | { readonly ask: 'POST /links'; readonly provider: OAuthProvider }
  | { readonly ask: 'DELETE /links'; readonly provider: Provider }
  | { readonly ask: 'GET /sign-in'; readonly provider: OAuthProvider }
  | {
      readonly ask: 'GET /oauth';
      readonly at: OAuthProvider;
      readonly flow: Label;
      /** Who scanned, or what came back in place of somebody. */
      readonly who: string | null;
    }
  | { readonly ask: 'POST /sign-in/email/send'; readonly address: string }
  | { readonly ask: 'POST /sign-in/email'; readonly signIn: Label; readonly guess: Label }
  | {
      readonly ask: 'POST /undo/open';
      readonly phone: string;
      /** The notice that the code was in. */
      readonly notice: Label;
    }
  | ({ readonly ask: 'POST /undo/show' | 'POST /undo' } & Link)
  | ({ readonly ask: 'POST /undo/code'; readonly fate: Fate } & Link)
  | ({ readonly ask: 'POST /undo/restore'; readonly guess: Label; readonly only?: Provider } & Link)
  | { readonly ask: 'POST /account/only' }
  | { readonly ask: 'PUT /account/preferences'; readonly chosen: Preferences }
  | { readonly ask: 'POST /links/clear'; readonly provider: Provider }
  | { readonly ask: 'DELETE /account/notices' | 'POST /account/notices/disown'; readonly notice: Label }
  /** The table's stream hands over what was asked for; to the function that mails codes, and not to a browser. */
  | { readonly ask: 'the stream'; readonly signIn: Label; readonly fate: Fate }
);

/** What happens by itself, or is done by an operator. */
export type Happening =
  | { readonly happens: 'time passes'; readonly seconds: number }
  | { readonly happens: 'the cookies of a browser are copied'; readonly from: string }
  | { readonly happens: 'the session of a browser is stolen'; readonly from: string }
  /** The table's stream hands it over, to the function that tells owners. */
  | { readonly happens: 'a notice goes out'; readonly notice: Label }
  /** An event comes in. */
  | { readonly happens: 'the company says'; readonly record: CompanyRecord; readonly label: Label }
  | { readonly happens: 'the support desk helps'; readonly help: Help; readonly label: Label }
  /** SES says so. */
  | { readonly happens: 'mail comes back'; readonly mail: MailBack; readonly label: Label }
  | { readonly happens: 'an account becomes a sub-account'; readonly account: string }
  | { readonly happens: 'a person gets a unionid'; readonly who: string; readonly as: string };

/** What a browser of the model sends. `scan`: who comes back from a provider, as that knows them. */
export function ask(
  command: Command,
  jar: Jar,
  label: Label,
  { scan, signIn }: { scan?: Scan; signIn?: { address: string; expiresAt: number } },
): Pending {
  switch (command.ask) {
    case 'GET /account':
      return showAccount(jar);
    case 'GET /account/history':
      return showHistory(jar);
    case 'DELETE /session':
      return signOut(jar);
    case 'DELETE /sessions':
      return signOutEverywhere(jar, label);
    case 'DELETE /sessions/{id}':
      return endOneSession(jar, label, command.session);
    case 'POST /otp/send':
      return sendSms(jar, label, command.purpose, command.fate);
    case 'POST /otp/verify':
      return verifySms(jar, label, command.purpose, command.guess);
    case 'POST /links/email/send':
      return sendMail(jar, label, command.address, command.fate);
    case 'POST /links/email':
      return confirmMail(jar, label, command.address, command.guess);
    case 'POST /links':
      return beginLink(jar, label, command.provider);
    case 'DELETE /links':
      return unlink(jar, label, command.provider);
    case 'GET /sign-in':
      return beginSignIn(jar, label, command.provider);
    case 'GET /oauth':
      return comeBack({ jar, label, at: command.at, flow: command.flow, scan: scan ?? 'no such code' });
    case 'POST /sign-in/email/send':
      return askForCode(jar, label, command.address);
    case 'POST /sign-in/email':
      return signInByCode(jar, command.signIn, label, command.guess);
    case 'POST /undo/open':
      return openByCode(jar, command.phone, command.notice);
    case 'POST /undo/show':
      return showNotice(command);
    case 'POST /undo':
      return sayItWasNotMe(command, label);
    case 'POST /undo/code':
      return sendRestoreCode(command, label, command.fate);
    case 'POST /undo/restore':
      return restore(command, label, command.guess, command.only);
    case 'POST /account/only':
      return keepOnly(jar, label);
    case 'PUT /account/preferences':
      return choosePreferences(jar, label, command.chosen);
    case 'POST /links/clear':
      return liftSuspension(jar, label, command.provider);
    case 'DELETE /account/notices':
      return dismiss(jar, command.notice);
    case 'POST /account/notices/disown':
      return disown(jar, command.notice, label);
    case 'the stream':
      if (signIn === undefined) return pending((state) => answered(state, { failed: 0 }));
      return mailCode(command.signIn, signIn.address, signIn.expiresAt, label, command.fate);
  }
}

export function happen(state: State, happening: Happening): State {
  return altered(state, (draft) => {
    switch (happening.happens) {
      case 'time passes':
        draft.now += happening.seconds;
        return;
      case 'the cookies of a browser are copied':
        draft.jars[COPY] = jarOf(draft, happening.from);
        return;
      case 'the session of a browser is stolen': {
        const { session } = jarOf(draft, happening.from);
        draft.jars[COPY] = session === undefined ? {} : { session };
        return;
      }
      case 'an account becomes a sub-account': {
        const account = draft.accounts[happening.account];
        if (account) account.isSub = true;
        return;
      }
      case 'the company says':
        return applyRecord(draft, happening.record, happening.label);
      case 'the support desk helps':
        return helpOut(draft, happening.help, happening.label);
      case 'mail comes back':
        return mailComesBack(draft, happening.mail, happening.label);
      case 'a notice goes out':
        return deliverNotice(draft, happening.notice);
      case 'a person gets a unionid':
        return;
    }
  });
}
