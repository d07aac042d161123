/** Where the local stack has what the command needs (local/start.ts, with its own ports as they are). */
export const LOCAL_TABLE = 'dinghy-definitions-local';
export const LOCAL_JOBS_TABLE = 'dinghy-jobs-local';
export const LOCAL_ENDPOINT = 'http://127.0.0.1:8000';
export const LOCAL_GATEWAY = 'http://127.0.0.1:8083';
export const LOCAL_FLINK_REST = '127.0.0.1:8081';
