/** Of the plans in one answer, in bytes: it has them twice, for both dialects, and Lambda lets 6 MB through. */
export const MAX_PLANS_BYTES = 2 * 1024 * 1024;
