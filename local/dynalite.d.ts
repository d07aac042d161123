/** dynalite has no types of its own; these are the options in use here. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** A folder that keeps the data; without it they are in memory. */
    path?: string;
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }

  // eslint-disable-next-line no-restricted-exports -- that is how the module is made
  export default function dynalite(options?: DynaliteOptions): Server;
}
