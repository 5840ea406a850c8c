import type { ErrorTexts } from './explain.ts';

/** What went wrong, and what to do next, in Chinese. */
export const errorsZh: ErrorTexts = {
  origin_not_allowed: { title: '当前网址不能使用账号服务', next: '请从控制台的正式网址重新打开本页。' },
  not_signed_in: { title: '登录状态已失效', next: '请重新登录后再试。' },
  assertion_invalid: { title: '登录凭证无效', next: '请重新登录。' },
  invalid_request: { title: '填写的内容不符合要求', next: '请检查后再试。' },
  'invalid_request/email': { title: '邮箱地址不正确', next: '请检查拼写，例如 name@example.com。' },
  'invalid_request/sign_in': { title: '邮箱地址不正确', next: '请检查拼写，例如 name@example.com。' },
  not_found: { title: '没有这种登录方式', next: '请刷新页面后再试。' },
  sub_account: { title: '子账号不能更改登录方式', next: '请用主账号登录后再操作。' },
  not_linkable: { title: '暂不支持关联{provider}', next: '请选择其他登录方式。' },
  registered_method: { title: '{provider}是此账号的注册方式', next: '注册方式不能关联，也不能解绑。' },
  already_linked: {
    title: '此账号已经关联了{provider}',
    next: '如需换成另一个，请选择更换；换成同一个则无需操作。',
  },
  not_linked: { title: '此账号没有关联{provider}', next: '它可能已在别处解绑，请刷新页面查看。' },
  account_frozen: {
    title: '此账号暂时不能关联新的登录方式',
    next: '有人报告过非本人操作。为保护账号，请在{wait}后再关联。',
  },
  'account_frozen/oauth': {
    title: '此账号暂时不能关联新的登录方式',
    next: '有人报告过非本人操作。为保护账号，请在账号信息页面显示的时间之后再关联。',
  },
  account_suspended: { title: '此账号已停用，不能登录', next: '如有疑问，请联系客服。' },
  account_unknown: { title: '没有这个账号', next: '它可能已注销。请换一个账号登录。' },
  on_probation: {
    title: '这次登录只能查看',
    next: '您是用观察期内的登录方式登录的。请退出后用别的方式登录，或者在{wait}后再试。',
  },
  'on_probation/oauth': {
    title: '这次登录只能查看',
    next: '您是用观察期内的登录方式登录的。请退出后用别的方式登录，或者等观察期结束。',
  },
  method_suspended: {
    title: '{Provider}已暂停使用，不能用它登录',
    next: '请换一种方式登录。如果是您本人，请查看账号登记的手机：打开短信里的链接，可以恢复使用。',
  },
  not_suspended: { title: '{Provider}没有暂停使用', next: '它可能已在别处恢复，请刷新页面查看。' },
  phone_missing: {
    title: '此账号没有登记手机，无法验证身份',
    next: '请在您注册账号的地方登记手机，或联系客服；登记后刷新此页即可继续。',
  },
  'phone_missing/undo': {
    title: '此账号没有登记手机，不能在这里恢复',
    next: '您的账号已受到保护。请联系客服恢复登录方式。',
  },
  country_not_served: {
    title: '账号登记的手机收不到我们的短信',
    next: '该号码所属国家或地区不支持接收短信，请更换登记的手机号。',
  },
  recipient_opted_out: {
    title: '账号登记的手机已退订短信',
    next: '请先恢复接收我们的短信，再重新发送验证码。',
  },
  operator_only: { title: '没有权限', next: '这项操作只供客服人员使用。' },
  identity_check_required: { title: '身份验证已失效', next: '请重新进行身份验证。' },
  code_expired: {
    title: '验证码已失效',
    next: '它可能已过期、已使用，或已被新的验证码代替。请重新发送验证码。',
  },
  'code_expired/email': {
    title: '验证码已失效',
    next: '它可能已过期、已使用，或者不是发送到此邮箱的。请重新发送验证码。',
  },
  code_wrong: { title: '验证码不正确', next: '请核对最新收到的验证码。' },
  'code_wrong/open': {
    title: '手机号或验证码不正确',
    next: '请核对短信里的 6 位数字，以及收到短信的手机号。',
  },
  too_many_attempts: { title: '验证码错误次数过多', next: '请在{wait}后重新发送验证码再试。' },
  'too_many_attempts/check': {
    title: '验证码错误次数过多',
    next: '请在{wait}后重新发送验证码再试，或者退出后换一种方式登录再操作。',
  },
  'too_many_attempts/undo': {
    title: '这个链接不能再试验证码了',
    next: '请打开账号登记的手机上最新一条短信里的链接，它有自己的次数；或者在{wait}后再试。',
  },
  'too_many_attempts/open': {
    title: '这个手机号今天输错的次数过多',
    next: '请在{wait}后再试，或者打开通知邮件里的链接；能登录的话，也可以在账号信息页面处理。',
  },
  too_soon: { title: '验证码刚刚发送过', next: '请在{wait}后再发送。' },
  quota_exceeded: { title: '验证码发送次数已达上限', next: '请在{wait}后再发送。' },
  'quota_exceeded/check': {
    title: '验证码发送次数已达上限',
    next: '请在{wait}后再发送，或者退出后换一种方式登录再操作。',
  },
  'quota_exceeded/undo': {
    title: '这个链接暂时不能再发送验证码',
    next: '请打开账号登记的手机上最新一条短信里的链接，它有自己的次数；或者在{wait}后再试。',
  },
  'quota_exceeded/open': {
    title: '尝试的次数过多',
    next: '请在{wait}后再试，或者换一个网络。',
  },
  'quota_exceeded/session': {
    title: '今天逐台退出设备的次数已达上限',
    next: '请在{wait}后再试，或者退出所有设备。',
  },
  'quota_exceeded/everywhere': {
    title: '今天退出所有设备的次数已达上限',
    next: '请在{wait}后再试。登录方式中的「仅保留此方式」也会让其他设备退出登录。',
  },
  'quota_exceeded/notice': {
    title: '今天退出所有设备的次数已达上限',
    next: '请打开相关短信里的链接，或者在登录方式中选择「仅保留此方式」。',
  },
  'quota_exceeded/oauth': { title: '登录次数过于频繁', next: '请稍后再试，或者换一种登录方式。' },
  'quota_exceeded/visit': { title: '登录次数过于频繁', next: '请稍后再试，或者换一种登录方式。' },
  identity_registered: {
    title: '这个{provider}已经注册了账号',
    next: '已注册账号的{provider}不能再被关联，请换一个{provider}。',
  },
  identity_linked: {
    title: '这个{provider}已关联到其他账号',
    next: '请换一个{provider}，或者先在那个账号中解绑。',
  },
  identity_sub_account: {
    title: '这个{provider}属于一个子账号',
    next: '子账号的{provider}不能被关联，请换一个{provider}。',
  },
  'identity_registered/undo': {
    title: '这个{provider}已经注册了账号',
    next: '它不能再恢复到您的账号。如有疑问，请联系客服。',
  },
  'identity_linked/undo': {
    title: '这个{provider}已关联到其他账号',
    next: '它不能直接恢复到您的账号。请联系客服。',
  },
  'identity_sub_account/undo': {
    title: '这个{provider}属于一个子账号',
    next: '它不能再恢复到您的账号。如有疑问，请联系客服。',
  },
  'not_linked/undo': {
    title: '账号的登录方式刚刚有变化',
    next: '请重新选择之后怎样登录，然后再试。',
  },
  delivery_failed: { title: '验证码没有发送成功', next: '请稍后重新发送。' },
  'delivery_failed/unknown': {
    title: '不确定验证码是否已送达',
    next: '如果收到了验证码，可以直接输入；否则请在倒计时结束后重新发送。',
  },
  'delivery_failed/undo': { title: '验证码可能没有发送成功', next: '如果没有收到，请稍后重新发送。' },
  provider_failed: { title: '{provider}暂时没有响应', next: '您的账号没有变化，请稍后再试一次。' },
  human_check_required: { title: '需要先完成安全验证', next: '完成下面的验证后，验证码会自动发送。' },
  undo_expired: {
    title: '这个链接已失效',
    next: '它可能不完整、已过期或已使用过。打开它不会改变您的账号。',
  },
  'undo_expired/notice': {
    title: '这次活动已经处理过了',
    next: '可能是您在别处处理的。请刷新页面，检查登录方式和最近活动。',
  },
  'not_found/notice': {
    title: '这次活动已经处理过了',
    next: '可能是您在别处处理的。请刷新页面，检查登录方式和最近活动。',
  },
  unavailable: {
    title: '服务暂时繁忙',
    next: '请在{wait}后再试。如果刚才提交过操作，请先到账号信息页面查看是否已经生效。',
  },
  denied: { title: '您在{provider}中取消了授权', next: '如需继续，请重新扫描并确认。' },
  'denied/visit': { title: '您在{provider}中取消了授权', next: '请重新登录，或者换一种登录方式。' },
  identity_unknown: {
    title: '该{provider}未关联账号',
    next: '请换一种方式登录，然后在账号信息中关联{provider}。',
  },
  state_invalid: { title: '这次授权已失效', next: '它可能已过期或已使用过，请重新扫描。' },
  'state_invalid/visit': { title: '这次登录已失效', next: '它可能已过期或已使用过，请重新登录。' },
  snapshot_user: { title: '微信只打开了网页快照', next: '请点击页面底部的「使用完整服务」，然后重新登录。' },
  no_answer: {
    title: '服务没有响应',
    next: '请稍后再试。如果刚才提交过操作，请先刷新页面，看看是否已经生效。',
  },
  network_error: {
    title: '网络连接失败',
    next: '请检查网络后再试。如果刚才提交过操作，请先刷新页面，看看是否已经生效。',
  },
  throttled: { title: '操作过于频繁', next: '请在{wait}后再试。' },
  rejected: { title: '请求没有被接受', next: '请刷新页面后再试。' },
  server_error: {
    title: '服务出了点问题',
    next: '请稍后再试。如果刚才提交过操作，请先刷新页面，看看是否已经生效。',
  },
};
