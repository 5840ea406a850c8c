import ipaddr from 'ipaddr.js';

/** Of the eight of an IPv6 address. */
const GROUPS_SHOWN = 3;
/** A site gets a /64 at least, and each of its machines any address of it. */
const GROUPS_OF_NETWORK = 4;

/** An address with its port, as gateways behind proxies of mTLS send it: `203.0.113.9:4711`, `[2001:db8::1]:4711`. */
const WITH_PORT = /^(?:\[(?<v6>[^\]]*)\]|(?<v4>\d+(?:\.\d+){3}))(?::\d+)?$/;

/** The port is another one for each connection: counted with it, each would be a caller of its own. */
export function withoutPort(sourceIp: string): string {
  const { v6, v4 } = WITH_PORT.exec(sourceIp)?.groups ?? {};
  return v6 ?? v4 ?? sourceIp;
}

/** All that is no address counts as one caller, so that nothing gets around the counts by looking like none. */
const UNKNOWN = 'unknown';

/** @returns undefined for what is no address; an IPv4 address in an IPv6 one is the IPv4 address */
function parseIp(ip: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ip.includes(':')) return ipaddr.IPv6.isValid(ip) ? ipaddr.process(ip) : undefined;
  return ipaddr.IPv4.isValidFourPartDecimal(ip) ? ipaddr.IPv4.parse(ip) : undefined;
}

export const isIp = (ip: string): boolean => parseIp(ip) !== undefined;

/** The first groups of an address, as `2001:db8::`. */
function network({ parts }: ipaddr.IPv6, groups: number): string {
  const shown = parts.slice(0, groups).map((part) => part.toString(16));
  return `${shown.join(':').replace(/(^|:)0(:0)*$/, '')}::`;
}

/** For people to recognise: IPv4 without its last two numbers, IPv6 without all but its first three groups. */
export function maskIp(ip: string): string {
  const parsed = parseIp(ip);
  if (parsed === undefined) return '*';
  if (parsed instanceof ipaddr.IPv6) return `${network(parsed, GROUPS_SHOWN)}*`;
  return `${parsed.octets.slice(0, 2).join('.')}.*.*`;
}

/** Whom an address stands for: an IPv4 address for itself, an IPv6 one for its /64. */
export function toNetwork(ip: string): string {
  const parsed = parseIp(ip);
  if (parsed === undefined) return UNKNOWN;
  return parsed instanceof ipaddr.IPv6 ? `${network(parsed, GROUPS_OF_NETWORK)}/64` : parsed.toString();
}
