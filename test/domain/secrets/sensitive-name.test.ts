import { describe, expect, it } from 'vitest';
import { isSensitiveName } from '../../../lib/domain/secrets/sensitive-name.ts';

describe('isSensitiveName', () => {
  it.each(
    `password|DBToken|Password|db.password|properties.sasl.jaas.config|s3.access-key|s3.secret-key|fs.s3a.access.key
    |accessKeyId|secretAccessKey|api_key|apiKey|token|auth.token|client-secret|ssl.keystore.password|userPassword
    |private.key|credentials|aws.credentials.key|fs.azure.account.key|passwd|pwd|db_pwd|dbpassword|credential|secret|secrets
    |client.secrets|passphrase|key-passphrase|authorization|http.auth|accesskey|secretkey|privatekey|apikey|access--key
    |shared.key|encryption_keys|signing.key|appCredential|dbpasswd|mysecret|API.KEYS|x-auth-x
    |db.pass|my.db.pass|shared.access.signature|token|token.a.type|password.type|secret.path|auth.token.x
    |密码|数据库密码|db_密码|口令|Passwort|DB-Passwort|contraseña|Пароль|パスワード|access.keys|keys.access.keys|access--key`
      .split('|')
      .map((name) => name.trim()),
  )('%s is', (name) => expect(isSensitiveName(name)).toBe(true));

  it.each(
    'primary.key|keyspace|key.format|key.fields|hoodie.datasource.write.recordkey.field|key|user|username|author|tokenizer|secretary|monkey|sink.parallelism|bypass|compass|scan.key-prefix|api|access|access.mode|private.network|shared|api.url|account.name|credentialed|secrets3|author.key|pass.count|a.pass.b|signature|jar.signature|access.rate|signature.access.rate|primary.keys|passwordless|auth.type|credential.provider|auth.source|auth.mechanism|auth.method|auth.database|auth.scheme|auth.enabled|token.type|token.provider|dlf.token-loader|dlf.token-path|oauth.token.endpoint.url|fs.s3a.aws.credentials.provider|security.delegation.token.provider.x|密码错误|口令长度|passwortlos|'.split(
      '|',
    ),
  )('%s is not', (name) => expect(isSensitiveName(name)).toBe(false));
});
