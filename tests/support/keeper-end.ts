export { teardown as default } from './keeper.ts';
