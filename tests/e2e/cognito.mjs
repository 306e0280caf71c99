// A stand-in for Amazon Cognito's identity pools, as a browser meets them: GetId and GetCredentialsForIdentity over
// HTTP on this machine, for any page. It gives one key, which a backend started with `--sigv4-keys` may know too.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization,cache-control,content-type,x-amz-date,x-amz-target',
  'access-control-allow-methods': 'POST',
  'access-control-expose-headers': 'x-amzn-requestid,x-amzn-errortype,date',
};

export class Cognito {
  /**
   * `keys`: what it gives, `{ accessKeyId, secretKey }`. `login`: `{ provider, token }` that both calls must bring;
   * without it guests are let in.
   */
  static async start({ keys, login = null, region = 'us-east-1' }) {
    const cognito = new Cognito();
    cognito.pool = `${region}:${randomUUID()}`;
    cognito.keys = keys;
    cognito.login = login;
    /** How long what it gives is good, in seconds. */
    cognito.lifetime = 3600;
    /** The name of an error that every call gets, such as `TooManyRequestsException`; or `'silence'`: no answer. */
    cognito.fault = null;
    /** How often each call came, and the identity of each that it gave one. */
    cognito.calls = { GetId: 0, GetCredentialsForIdentity: 0 };
    cognito.identities = [];
    cognito.server = createServer((request, response) => cognito.hear(request, response));
    cognito.server.listen(0, '127.0.0.1');
    await once(cognito.server, 'listening');
    return cognito;
  }

  /** For the field that says where Cognito answers. */
  get service() {
    return `http://127.0.0.1:${this.server.address().port}/`;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  async hear(request, response) {
    if (request.method === 'OPTIONS') {
      response.writeHead(204, CORS).end();
      return;
    }
    let text = '';
    for await (const chunk of request) text += chunk;
    const target = request.headers['x-amz-target']?.split('.').at(-1);
    if (request.method !== 'POST' || !(target in this.calls)) {
      this.refuse(response, 'UnknownOperationException', 'no such call');
      return;
    }
    this.calls[target] += 1;
    if (this.fault === 'silence') return;
    if (this.fault) {
      this.refuse(response, this.fault, 'told to fail');
      return;
    }
    const asked = JSON.parse(text);
    if (!this.lets(asked.Logins)) {
      this.refuse(response, 'NotAuthorizedException', this.words(asked.Logins));
    } else if (target === 'GetId') {
      this.giveIdentity(response, asked.IdentityPoolId);
    } else {
      this.giveKeys(response, asked.IdentityId);
    }
  }

  lets(logins) {
    if (!this.login) return !logins;
    return logins?.[this.login.provider] === this.login.token;
  }

  words(logins) {
    return logins ? 'Invalid login token.' : 'Unauthenticated access is not supported for this identity pool.';
  }

  giveIdentity(response, pool) {
    if (pool !== this.pool) {
      this.refuse(response, 'ResourceNotFoundException', `IdentityPool '${pool}' not found.`);
      return;
    }
    const identity = `${this.pool.split(':')[0]}:${randomUUID()}`;
    this.identities.push(identity);
    this.answer(response, 200, { IdentityId: identity });
  }

  giveKeys(response, identity) {
    if (!this.identities.includes(identity)) {
      this.refuse(response, 'ResourceNotFoundException', `Identity '${identity}' not found.`);
      return;
    }
    this.answer(response, 200, {
      IdentityId: identity,
      Credentials: {
        AccessKeyId: this.keys.accessKeyId,
        SecretKey: this.keys.secretKey,
        SessionToken: `stand-in/${this.calls.GetCredentialsForIdentity}+==`,
        Expiration: Date.now() / 1000 + this.lifetime,
      },
    });
  }

  refuse(response, name, message) {
    const status = name === 'InternalErrorException' ? 500 : 400;
    this.answer(response, status, { __type: name, message }, { 'x-amzn-errortype': `${name}:` });
  }

  answer(response, status, body, headers = {}) {
    const own = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() };
    response.writeHead(status, { ...CORS, ...own, ...headers }).end(JSON.stringify(body));
  }
}
