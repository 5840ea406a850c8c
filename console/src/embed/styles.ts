import 'tdesign-react/es/style/css.js';
import '../styles/base.css';
import '../styles/icons.css';
import '../styles/controls.css';
import '../styles/fields.css';
import '../styles/table.css';
import '../styles/methods.css';
import '../styles/dialogs.css';
import './embed.css';

/** All rules of the element. The build puts them here, in place of this text: see `shadow-styles.ts`. */
export const STYLES = '/* account-linking: styles */';
