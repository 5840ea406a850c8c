/** What the page says. `{…}` is filled in. */
const TEXTS = {
  'zh-CN': {
    title: '收件箱',
    about: '本机发出的短信和邮件都在这里，不会真的发送。',
    aboutEvents: '每次关联、解绑等变更都会发布到事件总线，这里是本机的总线。',
    views: '显示什么',
    messages: '消息',
    events: '事件',
    to: '收件人',
    filter: '按手机号或邮箱筛选',
    recipients: '收件人',
    everybody: '全部',
    noMessages: '还没有消息。在控制台点击「发送验证码」，短信和邮件会马上出现在这里。',
    noMatch: '没有发给 {to} 的消息。',
    noEvents: '还没有事件。关联或解绑后会出现在这里。',
    older: '另有 {count} 条更早的没有显示',
    live: '实时更新中',
    lost: '连接已断开，正在重试',
    sms: '短信',
    email: '邮件',
    copy: '复制',
    copied: '已复制',
    saidCopied: '已复制验证码 {code}',
    notCopied: '浏览器不允许复制，请手动选择',
    arrived: '新{channel}，发给 {to}',
    arrivedCode: '新{channel}，发给 {to}，验证码 {code}',
    html: '邮件样式',
    report: '模拟送达结果：',
    'report-bounced': '退回',
    'report-complained': '被标为垃圾邮件',
    'report-undelivered': '未送达',
    reported: '已通知服务：发给 {to} 的消息{what}',
    notReported: '没能通知服务，请看 npm start 的输出',
    detail: '内容',
    accounts: '账号事件',
    aboutAccounts:
      '账号系统用 account.changed 事件让这里的账号保持同步。选一个示例，修改后发送，看看结果；也可以用 AWS SDK 向 {origin}/events 发送。',
    sample: '示例',
    'sample-new-account': '新账号',
    'sample-sub-account': '子账号',
    'sample-changed-phone': '更换手机号',
    'sample-suspended': '停用',
    'sample-closed': '注销',
    detailLabel: '事件内容（JSON）',
    send: '发送',
    sentEvent: '已发送',
    notSent: '发送失败',
    noJson: '不是有效的 JSON：{why}',
    noObject: '事件内容必须是一个 JSON 对象',
    results: '结果',
    noDeliveries: '还没有账号事件。',
    ofRevision: '{accountId}，版本 {revision}',
    delivering: '处理中，第 {tries} 次',
    applied: '已处理',
    'outcome-added': '已新建',
    'outcome-updated': '已更新',
    'outcome-unchanged': '没有变化',
    parked: '处理失败，已进入死信队列',
    sent_again: '已重新发送',
    redrive: '重新发送死信队列中的 {count} 条',
    sentAgain: '已重新发送 {sent} 条',
    dark: '深色',
    light: '浅色',
    language: 'English',
  },
  en: {
    title: 'Inbox',
    about: 'Every text message and mail of this machine ends here; none is really sent.',
    aboutEvents:
      'Every change, such as a link or an unlink, goes out on an event bus. This is the one of this machine.',
    views: 'What to show',
    messages: 'Messages',
    events: 'Events',
    to: 'Recipient',
    filter: 'Filter by phone or address',
    recipients: 'Recipients',
    everybody: 'All',
    noMessages: 'No messages yet. Press “Send code” in the console: texts and mails show up here at once.',
    noMatch: 'No messages to {to}.',
    noEvents: 'No events yet. They show up here when something is linked or unlinked.',
    older: '{count} older ones are not shown',
    live: 'Live',
    lost: 'Connection lost, trying again',
    sms: 'SMS',
    email: 'Mail',
    copy: 'Copy',
    copied: 'Copied',
    saidCopied: 'Code {code} copied',
    notCopied: 'The browser does not allow copying; please select it by hand',
    arrived: 'New {channel} to {to}',
    arrivedCode: 'New {channel} to {to}, code {code}',
    html: 'As a mail program shows it',
    report: 'Say that it',
    'report-bounced': 'came back',
    'report-complained': 'was called spam',
    'report-undelivered': 'did not arrive',
    reported: 'The service was told: the message to {to} {what}',
    notReported: 'The service could not be told; see what npm start prints',
    detail: 'Content',
    accounts: 'Account events',
    aboutAccounts:
      'An account system keeps accounts here in step by the event account.changed. Pick a sample, change it, send it, and see what becomes of it; or send one to {origin}/events with an AWS SDK.',
    sample: 'Sample',
    'sample-new-account': 'A new account',
    'sample-sub-account': 'A sub-account',
    'sample-changed-phone': 'Another phone',
    'sample-suspended': 'Suspended',
    'sample-closed': 'Closed',
    detailLabel: 'Detail of the event (JSON)',
    send: 'Send',
    sentEvent: 'Sent',
    notSent: 'Could not be sent',
    noJson: 'This is no valid JSON: {why}',
    noObject: 'The detail must be a JSON object',
    results: 'What became of them',
    noDeliveries: 'No account events yet.',
    ofRevision: '{accountId}, revision {revision}',
    delivering: 'under way, try {tries}',
    applied: 'done',
    'outcome-added': 'added',
    'outcome-updated': 'updated',
    'outcome-unchanged': 'unchanged',
    parked: 'failed, parked in the dead-letter queue',
    sent_again: 'sent again',
    redrive: 'Send the {count} parked again',
    sentAgain: '{sent} sent again',
    dark: 'Dark',
    light: 'Light',
    language: '中文',
  },
};

function recalled(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is refused: the choice holds until the page is left.
  }
}

const asked =
  new URLSearchParams(location.search).get('lang') ?? recalled('language') ?? navigator.language.slice(0, 2);

/** The reader's choices. Without one it is English where the browser is, else Chinese; and the system's appearance. */
export const state = { language: asked in TEXTS ? asked : 'zh-CN', appearance: recalled('appearance') };

/** @param {string} key @param {Record<string, unknown>} [values] */
export function t(key, values = {}) {
  return TEXTS[state.language][key].replace(/\{(\w+)\}/g, (_blank, name) => String(values[name] ?? ''));
}
