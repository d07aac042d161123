/** For worlds without jars: whoever asks for one there has gone wrong. */
import type { JarRunner, JarSource } from '../../lib/domain/ports.ts';

const unwanted = (): never => {
  throw new Error('no test of this world runs a jar');
};

export const NO_JARS: { readonly jars: JarRunner; readonly jarSource: JarSource } = {
  jars: { find: unwanted, upload: unwanted, run: unwanted },
  jarSource: { read: unwanted },
};
