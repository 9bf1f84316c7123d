// Who did what.

import { expect, type Locator } from '@playwright/test'

import type { Person } from '../support/person.ts'

export class AuditPage {
  constructor(private readonly person: Person) {}

  async open(slug: string): Promise<void> {
    await this.person.open(`/app/${slug}/settings/audit`)
    await expect(this.person.page.getByRole('heading', { name: 'Audit log', level: 1 })).toBeVisible()
  }

  /** The lines that are shown, the newest first. */
  lines(): Locator {
    return this.person.page.locator('.log tbody tr')
  }

  /** Looks for lines: fields by their labels; an empty text is anything. */
  async show(what: { who?: string; action?: string; about?: string; from?: string; to?: string }): Promise<void> {
    const form = this.person.page.getByRole('search', { name: 'Look for lines' })
    await form.getByLabel('Who').fill(what.who ?? '')
    await form.getByLabel('What').selectOption(what.action ?? '')
    await form.getByLabel('About').fill(what.about ?? '')
    await form.getByLabel('From').fill(what.from ?? '')
    await form.getByLabel('To', { exact: true }).fill(what.to ?? '')
    await form.getByRole('button', { name: 'Show' }).click()
    await this.person.page.waitForURL(/who=/)
  }

  /** The file behind a button. */
  async take(label: string): Promise<string> {
    const page = this.person.page
    const address = await page.getByRole('link', { name: label }).getAttribute('href')
    const answer = await page.request.get(address!)
    expect(answer.status()).toBe(200)
    return answer.text()
  }
}
