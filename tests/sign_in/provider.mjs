// oidc-provider as the tests want it: people from a file that they rewrite, one client, the portal.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [, , library, port, portal, file] = process.argv;
const { default: Provider } = await import(library);

// Read at each question: a test may change people while the provider runs.
const world = () => JSON.parse(readFileSync(file, 'utf8'));

// A new key at each start, always under the same name.
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), kid: 'always-the-same', use: 'sig', alg: 'RS256' };

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'la-trousse',
      client_secret: 'a secret of thirty-two characters',
      redirect_uris: [`${portal}/connexion/oidc/retour`],
      post_logout_redirect_uris: [`${portal}/connexion/oidc/au-revoir`],
      backchannel_logout_uri: `${portal}/connexion/oidc/fin`,
      backchannel_logout_session_required: true,
    },
  ],
  jwks: { keys: [key] },
  cookies: { keys: ['signs the cookies of a test'] },
  scopes: ['openid', 'email', 'profile'],
  claims: {
    openid: ['sub'],
    email: ['email', 'email_verified'],
    profile: ['name', 'groups', 'academie'],
  },
  acrValues: ['eidas1'],
  features: {
    devInteractions: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    userinfo: { enabled: true },
  },
  pkce: { required: () => true },
  ttl: {
    AuthorizationCode: () => world().codeSeconds ?? 60,
    AccessToken: 600,
    IdToken: 600,
    Interaction: 600,
    Session: 3600,
    Grant: 3600,
  },
  findAccount: (ctx, id) => {
    const person = world().people[id];
    return person && { accountId: id, claims: () => ({ sub: id, ...person }) };
  },
  // Its guard refuses to tell a client on this very machine of a logout.
  fetch: (url, options) => {
    delete options.dispatcher;
    return globalThis.fetch(url, options);
  },
});
provider.on('server_error', (ctx, error) => console.error(error));
provider.on('backchannel.error', (ctx, error) => console.error(error));
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
