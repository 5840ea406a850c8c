/** TDesign without its ripple: it moves whatever the system asks for, and hides the text of a button while it does. */
export const QUIET = { animation: { exclude: ['ripple' as const] } };
