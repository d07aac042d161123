/** The tables of the local stack: the names that serverless.yml gives in the stage "local". */
export const LOCAL_TABLE = 'dinghy-definitions-local';
export const LOCAL_JOBS_TABLE = 'dinghy-jobs-local';
