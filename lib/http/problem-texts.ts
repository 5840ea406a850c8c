import type { Language } from '../linking/language.ts';
import type { ProblemCode } from '../linking/problem.ts';

interface ProblemText {
  readonly title: string;
  readonly detail: string;
}

/** What each problem is, in words a customer may be shown. */
export const PROBLEM_TEXTS: Record<Language, Record<ProblemCode, ProblemText>> = {
  'zh-CN': {
    origin_not_allowed: { title: '来源不被允许', detail: '请从控制台页面进行操作。' },
    not_signed_in: { title: '未登录', detail: '您还没有登录，或登录已失效，请重新登录。' },
    assertion_invalid: {
      title: '登录凭证无效',
      detail: '登录凭证不正确、已过期或已使用。请重新登录。',
    },
    invalid_request: { title: '请求有误', detail: '提交的内容不符合要求，请检查后重试。' },
    not_found: { title: '不存在', detail: '没有这一项，或者它已经不在了。' },
    sub_account: { title: '子账号不能操作', detail: '子账号不能在这里登录，也不能更改关联。请使用主账号。' },
    not_linkable: { title: '不支持关联', detail: '这种登录方式目前不支持关联。' },
    registered_method: { title: '注册方式不能更改', detail: '这是账号的注册方式，不能关联或解绑。' },
    already_linked: { title: '已经关联', detail: '账号已经关联了这种登录方式。如需换成另一个，请选择更换。' },
    not_linked: { title: '尚未关联', detail: '账号没有关联这种登录方式。' },
    account_frozen: {
      title: '账号已冻结',
      detail: '有人报告账号的更改并非本人操作，在此期间不能关联新的登录方式，请稍后再试。',
    },
    account_suspended: {
      title: '账号已停用',
      detail: '这个账号已停用，暂时不能登录。如有疑问，请联系客服。',
    },
    account_unknown: { title: '账号不存在', detail: '没有这个账号，或者它已注销。' },
    on_probation: {
      title: '登录方式处于观察期',
      detail: '您是用刚关联的登录方式登录的，在观察期内只能查看，不能更改。请使用其他登录方式登录后再操作。',
    },
    method_suspended: {
      title: '登录方式已暂停使用',
      detail: '这种登录方式已暂停使用。如果是您本人，请打开发到登记手机的短信里的链接，恢复使用。',
    },
    not_suspended: { title: '没有暂停使用', detail: '这种登录方式没有暂停使用，无需恢复。' },
    phone_missing: {
      title: '没有手机号',
      detail: '账号没有登记手机号，无法进行身份验证。请在您注册账号的地方登记手机号，或联系客服。',
    },
    country_not_served: {
      title: '无法发送短信',
      detail: '账号登记的手机号所属国家或地区不支持接收短信，请更换登记的手机号。',
    },
    recipient_opted_out: {
      title: '手机号已退订短信',
      detail: '账号登记的手机号已退订我们的短信。请先恢复接收，再重新发送。',
    },
    identity_unknown: { title: '没有对应的账号', detail: '没有账号使用这个登录方式。' },
    operator_only: { title: '仅限客服人员', detail: '这个接口只供有权限的客服人员使用。' },
    identity_check_required: { title: '需要身份验证', detail: '请先通过手机验证码完成身份验证。' },
    human_check_required: { title: '需要安全验证', detail: '请先完成安全验证，再发送验证码。' },
    undo_expired: {
      title: '链接已失效',
      detail: '这个链接已过期、已使用，或不完整。如仍有疑问，请登录后查看最近活动。',
    },
    code_expired: {
      title: '验证码已失效',
      detail: '没有可用的验证码：尚未发送、已过期、已被新的验证码替换，或已使用。请重新发送。',
    },
    code_wrong: { title: '验证码不正确', detail: '验证码不正确，请核对后重新输入。' },
    too_many_attempts: { title: '尝试次数过多', detail: '输错次数过多，请稍后再试。' },
    too_soon: { title: '发送过于频繁', detail: '验证码刚刚发送过，请稍候再发送。' },
    quota_exceeded: { title: '发送次数过多', detail: '验证码发送次数已达上限，请稍后再试。' },
    identity_registered: { title: '已注册为账号', detail: '它已经注册了自己的账号，不能关联。' },
    identity_linked: { title: '已被其他账号关联', detail: '它已经关联了其他账号，请先从那个账号解绑。' },
    identity_sub_account: { title: '属于子账号', detail: '它属于一个子账号，不能关联。' },
    delivery_failed: {
      title: '发送失败',
      detail: '验证码可能没有发出。如果稍后收到，仍可使用；否则请重新发送。',
    },
    provider_failed: { title: '第三方登录出错', detail: '第三方登录服务没有正常应答，请稍后重试。' },
    unavailable: { title: '暂时不可用', detail: '服务繁忙，请稍后重试。' },
  },
  en: {
    origin_not_allowed: { title: 'Origin not allowed', detail: 'Please do this from the console.' },
    not_signed_in: {
      title: 'Not signed in',
      detail: 'You are not signed in, or your session has ended. Please sign in again.',
    },
    assertion_invalid: {
      title: 'Assertion not accepted',
      detail:
        'What your sign-in was vouched for with is wrong, has expired or was used. Please sign in again.',
    },
    invalid_request: {
      title: 'Invalid request',
      detail: 'The request is malformed. Please check what you entered and try again.',
    },
    not_found: { title: 'Not found', detail: 'There is no such thing here, or not any more.' },
    sub_account: {
      title: 'Not for sub-accounts',
      detail: 'A sub-account can neither sign in nor change links here. Please use the main account.',
    },
    not_linkable: { title: 'Cannot be linked', detail: 'This way to sign in cannot be linked at present.' },
    registered_method: {
      title: 'Registered method',
      detail: 'The account was registered with this method, so it can be neither linked nor unlinked.',
    },
    already_linked: {
      title: 'Already linked',
      detail: 'The account has one linked already. To change it for another, replace it.',
    },
    not_linked: { title: 'Not linked', detail: 'The account has none of these linked.' },
    account_frozen: {
      title: 'Account frozen',
      detail:
        'Somebody reported a change of this account as not theirs. For now nothing new can be linked. Please try again later.',
    },
    account_suspended: {
      title: 'Account suspended',
      detail: 'This account is suspended, so nobody can sign in to it for now. Please ask support about it.',
    },
    account_unknown: { title: 'No such account', detail: 'There is no such account, or it was closed.' },
    on_probation: {
      title: 'Method on probation',
      detail:
        'You signed in with a method that was linked only recently. Until its probation ends you can look but not change anything. Please sign in another way.',
    },
    method_suspended: {
      title: 'Method suspended',
      detail:
        'This way to sign in is suspended. If this is you, open the link in the SMS to the phone registered with the account to use it again.',
    },
    not_suspended: {
      title: 'Not suspended',
      detail: 'This way to sign in is not suspended, so there is nothing to lift.',
    },
    phone_missing: {
      title: 'No phone number',
      detail:
        'The account has no phone number to check your identity with. Add one where you registered the account, or ask support.',
    },
    country_not_served: {
      title: 'No SMS to this country',
      detail:
        'We don’t send text messages to the country or region of the phone registered with the account. Register another number to go on.',
    },
    recipient_opted_out: {
      title: 'Messages are blocked',
      detail:
        'The phone registered with the account has opted out of our text messages. Opt in again, then send the code.',
    },
    identity_unknown: { title: 'No account', detail: 'No account uses this way to sign in.' },
    operator_only: { title: 'Operators only', detail: 'Only support staff with permission may call this.' },
    identity_check_required: {
      title: 'Identity check required',
      detail: 'Please verify your identity by SMS first.',
    },
    human_check_required: {
      title: 'Security check required',
      detail: 'Please show that you are human first, then send the code.',
    },
    undo_expired: {
      title: 'Link no longer valid',
      detail:
        'This link has expired, was used, or is not complete. If in doubt, sign in and look at your recent activity.',
    },
    code_expired: {
      title: 'Code no longer valid',
      detail:
        'No code is waiting: it was never sent, has expired, was replaced by a newer one, or was used. Please send a new one.',
    },
    code_wrong: { title: 'Wrong code', detail: 'The code is not right. Please check it and try again.' },
    too_many_attempts: {
      title: 'Too many attempts',
      detail: 'Too many wrong codes. Please try again later.',
    },
    too_soon: {
      title: 'Too soon',
      detail: 'A code was sent a moment ago. Please wait before sending another.',
    },
    quota_exceeded: {
      title: 'Too many codes',
      detail: 'No more codes can be sent for now. Please try again later.',
    },
    identity_registered: {
      title: 'Registered as an account',
      detail: 'It is registered as an account of its own and cannot be linked.',
    },
    identity_linked: {
      title: 'Linked to another account',
      detail: 'It is linked to another account. Unlink it there first.',
    },
    identity_sub_account: {
      title: 'A sub-account’s',
      detail: 'It belongs to a sub-account and cannot be linked.',
    },
    delivery_failed: {
      title: 'Not delivered',
      detail: 'The code may not have been sent. If it arrives it is valid; otherwise send a new one.',
    },
    provider_failed: {
      title: 'Provider failed',
      detail: 'The provider did not answer as it should. Please try again later.',
    },
    unavailable: { title: 'Unavailable', detail: 'The service is busy. Please try again shortly.' },
  },
};
