// A name server on this machine, which knows the TXT records that a test tells it (RFC 1035, as much as that takes).

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

const HEADER = 12
const NO_SUCH_NAME = 3
/** An answer, with recursion asked for and given. */
const ANSWER = 0x8180
const TXT = 16

export class NameServer {
  private readonly texts = new Map<string, string>()

  private constructor(private readonly socket: Socket) {
    socket.on('message', (question, from) => {
      socket.send(this.answer(question), from.port, from.address)
    })
  }

  static async start(): Promise<NameServer> {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return new NameServer(socket)
  }

  /** Where it is. */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`
  }

  /** This is the TXT record at `name` from now on. */
  say(name: string, text: string): void {
    this.texts.set(name, text)
  }

  /** There is no such name any more. */
  forget(name: string): void {
    this.texts.delete(name)
  }

  stop(): void {
    this.socket.close()
  }

  private answer(question: Buffer): Buffer {
    const labels: string[] = []
    let at = HEADER
    for (let length = question[at]!; length > 0; length = question[at]!) {
      labels.push(question.toString('ascii', at + 1, at + 1 + length))
      at += 1 + length
    }
    const text = question.readUInt16BE(at + 1) === TXT ? this.texts.get(labels.join('.').toLowerCase()) : undefined
    const header = Buffer.alloc(HEADER)
    question.copy(header, 0, 0, 2)
    header.writeUInt16BE(ANSWER + (text === undefined ? NO_SUCH_NAME : 0), 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(text === undefined ? 0 : 1, 6)
    const asked = question.subarray(HEADER, at + 5)
    if (text === undefined) return Buffer.concat([header, asked])
    // The name as a pointer to the question, TXT, IN, a minute to live, and one string.
    const record = Buffer.from([0xc0, HEADER, 0, TXT, 0, 1, 0, 0, 0, 60, 0, text.length + 1, text.length])
    return Buffer.concat([header, asked, record, Buffer.from(text, 'ascii')])
  }
}
