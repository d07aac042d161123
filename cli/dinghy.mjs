// The command from its sources: tsx reads the TypeScript, no build step.
import { register } from 'tsx/esm/api';

register();
await import('./start.ts');
