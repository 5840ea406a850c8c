/** Whether a setting is a page of the company's or its address for mail, or says that there is none: no other scheme is fit for a link. */
export function isCompanyUrl(value: string): boolean {
  return value === '' || (URL.canParse(value) && /^(https?|mailto):$/.test(new URL(value).protocol));
}
