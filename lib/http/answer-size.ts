/** Maximum size of the plans in one answer, in bytes: it has them twice, for both dialects, and Lambda allows 6 MB. */
export const MAX_PLANS_BYTES = 2 * 1024 * 1024;
