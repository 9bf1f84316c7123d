// A mail server for tests: STARTTLS, a user with a password, nothing said before both. It listens on a free port and
// prints it. What it is told on its input, one JSON value a line:
//   {"key": "…", "cert": "…", "user": "…", "password": "…"}   first: who it is
//   {"postpone": 2}                                           the next two letters are not taken now
// What it prints, one JSON value a line: {"port"}, then for each letter that it takes {"from", "to", "user", "tls", "text"}.
import { createInterface } from 'node:readline'
import { SMTPServer } from 'smtp-server'

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)
let postponed = 0

const start = ({ key, cert, user, password }) => {
  const server = new SMTPServer({
    key,
    cert,
    disableReverseLookup: true,
    authMethods: ['PLAIN', 'LOGIN'],
    logger: false,
    onAuth(auth, _session, done) {
      if (auth.username === user && auth.password === password) done(null, { user })
      else done(Object.assign(new Error('who are you?'), { responseCode: 535 }))
    },
    onRcptTo(address, _session, done) {
      const unknown = address.address.startsWith('nobody@')
      done(unknown ? Object.assign(new Error('nobody here'), { responseCode: 550 }) : null)
    },
    onData(stream, session, done) {
      let text = ''
      stream.setEncoding('utf8')
      stream.on('data', (part) => (text += part))
      stream.on('end', () => {
        if (postponed > 0) {
          postponed -= 1
          done(Object.assign(new Error('come back later'), { responseCode: 451 }))
          return
        }
        const { mailFrom, rcptTo } = session.envelope
        say({ from: mailFrom.address, to: rcptTo.map((to) => to.address), user: session.user, tls: session.secure, text })
        done()
      })
    },
  })
  // A client that gives up in the middle is no reason to stop.
  server.on('error', () => {})
  server.listen(0, '127.0.0.1', () => say({ port: server.server.address().port }))
}

let started = false
const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => {
  const told = JSON.parse(line)
  if (!started) {
    started = true
    start(told)
  } else if (typeof told.postpone === 'number') {
    postponed = told.postpone
    say({ postponed })
  }
})
// Whoever has started it is gone.
lines.on('close', () => process.exit(0))
