// One Usher with its sandbox, on free ports, with an empty database in a temporary folder.

import { spawn, type ChildProcess } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { NameServer } from './name-server.ts'

const root = join(import.meta.dirname, '..', '..')
const program = process.env.USHER_BIN ?? join(root, 'target', 'debug', 'usher')
const results = process.env.USHER_RESULTS ?? join(root, 'target', 'e2e')

/** How long a start may take, in milliseconds; a debug build on a busy machine is slow. */
const PATIENCE = 30_000

export class Usher {
  private constructor(
    /** Where its pages are, without a slash at the end. */
    readonly url: string,
    /** Where its sandbox is, without a slash at the end. */
    readonly sandboxUrl: string,
    /** Who it asks about domains. */
    readonly names: NameServer,
    private readonly folder: string,
    private readonly log: string,
    private child: ChildProcess,
    private readonly catalog: string,
  ) {}

  /**
   * With `hosts`, every company has a host of its own; browsers find `….localhost` on this machine by themselves.
   * With `catalog`, the plans of that file are sold instead of the built-in ones.
   */
  static async start(name: string, hosts = false, catalog = ''): Promise<Usher> {
    const folder = mkdtempSync(join(tmpdir(), 'usher-e2e-'))
    mkdirSync(results, { recursive: true })
    const log = join(results, `usher-${name}.log`)
    const [port, sandboxPort] = await freePorts()
    const url = `http://${hosts ? 'usher.localhost' : '127.0.0.1'}:${port}`
    const sandboxUrl = `http://127.0.0.1:${sandboxPort}`
    const names = await NameServer.start()
    const child = spawned(url, sandboxUrl, names, folder, log, 'w', 0, catalog)
    const usher = new Usher(url, sandboxUrl, names, folder, log, child, catalog)
    try {
      await usher.ready()
    } catch (error) {
      await usher.stop()
      throw error
    }
    return usher
  }

  /** Ends it and starts it again on the same database, with its clock so many hours ahead. */
  async laterBy(hours: number): Promise<void> {
    await this.end()
    this.child = spawned(this.url, this.sandboxUrl, this.names, this.folder, this.log, 'a', hours, this.catalog)
    await this.ready()
  }

  /** Delivers an event of the sandbox as the sandbox would, signed with its secret. Answers the status. */
  async deliver(event: object): Promise<number> {
    const state = JSON.parse(readFileSync(join(this.folder, 'var', 'sandbox.json'), 'utf8')) as { own_secret: string }
    const body = JSON.stringify(event)
    const time = Math.floor(Date.now() / 1000)
    const signature = createHmac('sha256', state.own_secret).update(`${time}.${body}`).digest('hex')
    const headers = { 'content-type': 'application/json', 'stripe-signature': `t=${time},v1=${signature}` }
    return (await fetch(`${this.url}/webhooks/stripe`, { method: 'POST', headers, body })).status
  }

  async stop(): Promise<void> {
    await this.end()
    this.names.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  private async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = once(this.child, 'exit')
    this.child.kill('SIGTERM')
    const gone = await Promise.race([ended.then(() => true), pause(5_000, false, { ref: false })])
    if (!gone) {
      this.child.kill('SIGKILL')
      await ended
    }
  }

  private async ready(): Promise<void> {
    const until = Date.now() + PATIENCE
    while (Date.now() < until) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`Usher did not start:\n${readFileSync(this.log, 'utf8')}`)
      }
      const answer = await fetch(`http://127.0.0.1:${new URL(this.url).port}/readyz`).catch(() => null)
      if (answer?.ok) return
      await pause(25)
    }
    throw new Error(`Usher was not ready after ${PATIENCE} ms:\n${readFileSync(this.log, 'utf8')}`)
  }
}

function spawned(
  url: string,
  sandboxUrl: string,
  names: NameServer,
  folder: string,
  log: string,
  mode: 'w' | 'a',
  hoursAhead: number,
  catalog: string,
): ChildProcess {
  const output = openSync(log, mode)
  const child = spawn(program, ['serve'], {
    // Not the repository: a developer's .env is none of the tests' business.
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      RUST_BACKTRACE: '1',
      RUST_LOG: process.env.USHER_LOG ?? 'info',
      USHER_ADDR: `127.0.0.1:${new URL(url).port}`,
      USHER_TENANT_HOSTS: url.includes('usher.localhost') ? '1' : '0',
      USHER_PUBLIC_URL: url,
      USHER_SANDBOX_ADDR: new URL(sandboxUrl).host,
      USHER_DNS: names.address,
      USHER_DATABASE_URL: `sqlite://${join(folder, 'usher.db')}`,
      USHER_CLOCK_AHEAD: String(hoursAhead),
      // What is said to the sandbox here is held against Stripe's own documents afterwards.
      USHER_SANDBOX_RECORD: process.env.USHER_SANDBOX_RECORD,
      ...(catalog === '' ? {} : { USHER_CATALOG: catalog }),
    },
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  return child
}

/** Two ports that were free a moment ago, held together so that they differ. */
async function freePorts(): Promise<[number, number]> {
  const servers = await Promise.all(
    [0, 1].map(async () => {
      const server = createServer()
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(
    servers.map(async (server) => {
      server.close()
      await once(server, 'close')
    }),
  )
  return [ports[0]!, ports[1]!]
}
