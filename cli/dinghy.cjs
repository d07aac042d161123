#!/usr/bin/env node
/* The command. It checks the version of Node before it loads code that an old Node can't read. */
'use strict';

require('./require-node.cjs');
require('./load.cjs');
