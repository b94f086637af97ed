import {shareConstants} from '../graph/share_constants.js';
import {claimSites} from './lowering/claim_sites.js';
import {foldPadding} from './lowering/fold_padding.js';
import type {Pass} from './pass.js';

/** Replace float ops by int8 ops, with Quantize and Dequantize only at the borders. */
export const lowerToInt8: Pass<'lower-to-int8'> = {
  name: 'lower-to-int8',
  summary: 'replace float ops by int8 ops',
  preservesFunction: false,
  run(graph, context) {
    claimSites(graph, context, 'int8').rewrite();
    foldPadding(graph);
    shareConstants(graph);
  },
};
