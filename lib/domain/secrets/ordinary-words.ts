/** Words that often follow a password or a key in sentences, or a column of that name in SQL: they are no secrets. */

const WORDS = new Set(
  (
    'a about after all also always an and are array as asc at bad be because before below between bigint blank ' +
    'boolean both but by bytes can cannot cast char column correct could date default desc did different ' +
    'distinct do document does double either empty end environment error errors except exception exists expects failure field file fine for ' +
    'found from group had has have header here id if illegal in incorrect input instead int into invalid is it ' +
    'its join json left length like limit long longer map may must name needs neither never ' +
    'new no none nor not null of ok on only options or order other parameter path plain present property ' +
    'provider refers requires row safe same secret see sensitive set short shorter should so spec still success ' +
    'than that the then there they this time timestamp to too true type under unique unknown unset until ' +
    'use user value varchar was weak were when where whether which while will with within without would ' +
    'wrong'
  ).split(' '),
);
const FORM = /^(?:[a-z]+(?:ed|ing|able|ible|ly|tion)|\*+|)$/;

/** In any case, with the signs that end its sentence or list; of a type its name alone. */
export function isOrdinary(word: string): boolean {
  const bare = word.replace(/[.:!?\])}>]{1,9}$/, '').replace(/<.*/s, '');
  const lower = bare.toLowerCase();
  // Of letters in both cases, as in a token, the ending says nothing.
  return WORDS.has(lower) || FORM.test(bare === bare.toUpperCase() ? lower : bare);
}

const NOUNS = new Set(
  (
    'access algorithm argument arguments attempt attempts auth backend bucket cache callback change changes characters check checks class ' +
    'code column columns combination config configuration credential credentials database digest encoder entries ' +
    'entry expiry fields files flag flow form format generator given grant handler hash hashes helper history ' +
    'identifier info item key keys line list login management manager mechanism method mode module name names options pair ' +
    'param parameters params part pattern placeholder please plugin policies policy prompt properties protocol ' +
    'providers quality rate reader reminder requirement requirements reset resolver rule rules scheme scopes section security ' +
    'service setting settings state storage store stores strategy strength string strings supplier support system table ' +
    'text through token tokens types update username value values variable variables vault verifier version window words'
  ).split(' '),
);

/** Whether it makes one name with "password" or "token" before it, as in "password file". */
export function joinsPassword(word: string): boolean {
  return NOUNS.has(word.toLowerCase().replace(/[.:!?]{1,9}$/, ''));
}

const HOW = new Set(
  'anonymous basic bearer digest false internal kerberos ldap oauth oauth2 plain simple true yes zero'.split(' '),
);

/** Whether sentences are made of it, or it says how somebody is known: as a value of an option it hides nothing elsewhere. */
export function isCommon(word: string): boolean {
  const lower = word.toLowerCase();
  return WORDS.has(lower) || NOUNS.has(lower) || HOW.has(lower);
}

const RANDOM = /^(?=\D*\d)(?=[^a-z]*[a-z])[a-z0-9+/=.~-]{16,}$/i;

/** Only for credentials: a parser's "token" is a keyword, a number or an identifier. */
export function isRandom(word: string): boolean {
  return RANDOM.test(word);
}
