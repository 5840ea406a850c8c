/** Characters of a page that a flow ends at: more than consoles have, and few enough for what stands between a browser and a server. */
export const RETURN_TO_MAX = 2048;
