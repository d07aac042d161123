#!/usr/bin/env node
/* The command. What an old Node can't even read comes after the look at its version. */
'use strict';

require('./require-node.cjs');
require('./load.cjs');
