// In a file of its own: an old Node does not know import().
'use strict';

import('./dinghy.mjs');
