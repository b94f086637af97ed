import {startTheme} from './common/theme.js';

startTheme();
