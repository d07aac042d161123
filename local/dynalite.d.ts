/** dynalite has no types; these are the options that we use. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** A folder that keeps the data; without it they are in memory. */
    path?: string;
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }

  // eslint-disable-next-line no-restricted-exports -- the module is made so
  export default function dynalite(options?: DynaliteOptions): Server;
}
