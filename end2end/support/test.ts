// What every browser test stands on: an Usher per worker, a company of its own per test, and a page that complains
// about whatever the browser complains about.

import { test as base, expect, type BrowserContext, type Page } from '@playwright/test'

import { Person } from './person.ts'
import { Sandbox } from './sandbox.ts'
import { Usher } from './usher.ts'

/** Options of a project. There are none beyond Playwright's own yet. */
export type Options = object

/** The words of a company that no other test of this Usher uses. */
export interface Names {
  company: string
  slug: string
  /** An address at the company. */
  at: (name: string) => string
}

interface Fixtures {
  names: Names
  sandbox: Sandbox
  /** Moves Usher's clock so many hours ahead, until the test ends. */
  later: (hours: number) => Promise<void>
  /** Opens a browser of somebody else. */
  someone: () => Promise<Person>
  /** Somebody at a fresh browser. */
  person: Person
}

interface WorkerFixtures {
  usher: Usher
  /** Every company has a host of its own. */
  hosts: boolean
  /** A file with the plans that are sold; empty: the built-in ones. */
  catalog: string
  counter: { next: number }
}

export const PASSWORD = 'three quiet velvet seats'

export const test = base.extend<Fixtures, WorkerFixtures>({
  hosts: [false, { option: true, scope: 'worker' }],
  catalog: ['', { option: true, scope: 'worker' }],
  usher: [
    async ({ hosts, catalog }, use, info) => {
      const usher = await Usher.start(`${info.project.name}-${info.workerIndex}`, hosts, catalog)
      await use(usher)
      await usher.stop()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  counter: [async ({}, use) => use({ next: 1 }), { scope: 'worker' }],
  baseURL: async ({ usher }, use) => use(usher.url),
  names: async ({ counter }, use) => {
    const number = counter.next++
    const slug = number === 1 ? 'acme' : `acme-${number}`
    await use({ company: number === 1 ? 'Acme' : `Acme ${number}`, slug, at: (name) => `${name}@${slug}.test` })
  },
  sandbox: async ({ usher }, use) => use(new Sandbox(usher.sandboxUrl)),
  later: async ({ usher }, use) => {
    let moved = false
    await use(async (hours) => {
      moved = true
      await usher.laterBy(hours)
    })
    if (moved) await usher.laterBy(0)
  },
  someone: async ({ browser, javaScriptEnabled, usher }, use) => {
    const contexts: BrowserContext[] = []
    const complaints: string[] = []
    await use(async () => {
      const context = await browser.newContext()
      contexts.push(context)
      const page = await context.newPage()
      listen(page, usher.url, complaints)
      return new Person(page, javaScriptEnabled ?? true)
    })
    await Promise.all(contexts.map((context) => context.close()))
    expect(complaints, 'what the browser complained about').toEqual([])
  },
  person: async ({ someone }, use) => use(await someone()),
})

/** Collects errors of the console and of scripts, and answers that say that the server is broken. */
function listen(page: Page, url: string, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() !== 'error' && !/hydrat/i.test(message.text())) return
    // A refusal travels with its status, and the browser notes every status from 400 on.
    if (!/status of 4\d\d/.test(message.text())) complaints.push(`${page.url()}: ${message.text()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 500) complaints.push(`${response.url()}: ${response.status()}`)
    const file = response.status() === 404 && response.request().resourceType() !== 'document'
    if (file && response.url().startsWith(url)) complaints.push(`${response.url()}: not found`)
  })
}

export { expect } from '@playwright/test'
