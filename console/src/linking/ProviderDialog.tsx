import { Loading } from 'tdesign-react/es/loading';
import { type OAuthProviderName, parsePurpose } from '../../../lib/linking/identity.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Modal, ModalFooter } from '../components/Modal.tsx';
import { Notice } from '../components/Notice.tsx';
import { ProviderIcon } from '../components/ProviderIcon.tsx';
import { WeChatOnPhone } from '../components/WeChatOnPhone.tsx';
import { useCountdown } from '../state/use-countdown.ts';
import { formatClock } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { type LinkingDialogProps, PurposeSteps } from './dialog-parts.tsx';
import type { FlowState } from './flow-result.ts';
import { HelpLink } from './HelpLink.tsx';
import { checkOf } from './progress.ts';
import { openProviderWindow } from './provider-window.ts';
import { wayTo } from './wechat-way.ts';

/** Another person's WeChat may do what this one can't. */
const ANOTHER = ['identity_registered', 'identity_linked', 'identity_sub_account'];

export interface ProviderDialogProps extends LinkingDialogProps {
  readonly provider: OAuthProviderName;
}

/** 关联微信: waits for the scan in the provider's window, opens it again, and says how it ended. */
export function ProviderDialog({ account, linking, clock, purpose, provider }: ProviderDialogProps) {
  const { t, providerName, weChatInApp } = useWords();
  const { state, start, startHere } = linking.flow;
  const way = wayTo(provider, navigator.userAgent, weChatInApp);
  const replaces = parsePurpose(purpose).action === 'replace';
  const name = providerName(provider);
  const flowLeft = useCountdown(state.phase === 'waiting' ? state.expiresAt : null, clock);
  const verifiedLeft = useCountdown(checkOf(account, purpose)?.verifiedUntil ?? null, clock);
  const expired = state.phase === 'waiting' && state.expiresAt !== null && flowLeft === 0;
  const starting = state.phase === 'starting';

  const openWindow = () =>
    way === 'tab'
      ? void startHere(provider)
      : void start(provider, openProviderWindow(t('oauth.window', { provider: name })));

  const openLabel = () => {
    if (state.phase === 'failed' && ANOTHER.includes(state.code))
      return t('oauth.another', { provider: name });
    if (state.phase === 'waiting' || state.phase === 'failed') return t('oauth.reopen');
    return t('oauth.open', { provider: name });
  };

  return (
    <Modal
      title={t(replaces ? 'oauth.title_replace' : 'oauth.title', { provider: name })}
      onClose={linking.close}
    >
      <PurposeSteps purpose={purpose} current={1} />
      {typeof way === 'string' ? null : (
        <WeChatOnPhone
          isInWeChat={way.deadEnd === 'in_wechat'}
          weChatInApp={weChatInApp}
          link={window.location.href}
        />
      )}
      <div className="provider-wait">
        <ProviderIcon provider={provider} />
        <FlowMessage state={state} expired={expired} provider={provider} />
        <p className="provider-wait__left">
          {verifiedLeft > 0 ? t('oauth.left', { left: formatClock(verifiedLeft) }) : null}
        </p>
      </div>
      <ModalFooter>
        <ActionButton onClick={linking.close}>{t('dialog.cancel')}</ActionButton>
        <ActionButton look="text" onClick={() => starting || void startHere(provider)}>
          {t('oauth.same_tab')}
        </ActionButton>
        {/* Never disabled: it has the focus. */}
        <ActionButton look="primary" onClick={() => starting || openWindow()} focusFirst>
          {openLabel()}
        </ActionButton>
      </ModalFooter>
    </Modal>
  );
}

function FlowMessage(props: {
  readonly state: FlowState;
  readonly expired: boolean;
  readonly provider: OAuthProviderName;
}) {
  const { t, providerName, explain } = useWords();
  const { state, provider } = props;
  const name = providerName(provider);
  switch (state.phase) {
    case 'ready':
      return <p role="status">{t('oauth.ready', { provider: name })}</p>;
    case 'starting':
      return (
        <p role="status" className="provider-wait__title">
          <Loading size="small" /> {t('oauth.starting', { provider: name })}
        </p>
      );
    case 'blocked':
      return (
        <Notice theme="warning" title={t('oauth.blocked', { provider: name })}>
          {t('oauth.blocked_hint', { provider: name })}
        </Notice>
      );
    case 'waiting':
      return props.expired ? (
        <Notice theme="warning" title={t('oauth.expired')}>
          {t('oauth.expired_hint', { provider: name })}
        </Notice>
      ) : (
        <div role="status" className="provider-wait__waiting">
          {state.isWindowClosed ? (
            <>
              <p className="provider-wait__title">{t('oauth.closed', { provider: name })}</p>
              <p>{t('oauth.closed_hint')}</p>
            </>
          ) : (
            <>
              <p className="provider-wait__title">
                <Loading size="small" /> {t('oauth.waiting', { provider: name })}
              </p>
              <p>{t('oauth.waiting_hint')}</p>
            </>
          )}
        </div>
      );
    case 'failed': {
      const text = explain(state, { context: 'oauth', provider });
      return (
        <>
          <Notice theme="error" title={text.title}>
            {text.next}
          </Notice>
          <HelpLink code={state.code} />
        </>
      );
    }
  }
}
