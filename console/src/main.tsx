import { createRoot } from 'react-dom/client';
import 'tdesign-react/es/style/css.js';
import './styles/base.css';
import './styles/icons.css';
import './styles/controls.css';
import './styles/fields.css';
import './styles/header.css';
import './styles/layout.css';
import './styles/sign-in.css';
import './styles/table.css';
import './styles/methods.css';
import './styles/history.css';
import './styles/notices.css';
import './styles/dialogs.css';
import './styles/print.css';
import { App } from './App.tsx';

const root = document.getElementById('root');
if (root) createRoot(root).render(<App settings={PAGE_SETTINGS} />);
