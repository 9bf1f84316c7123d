// Who asks for a seat, and who waits for one.

import { expect, type Locator } from '@playwright/test'

import type { Person } from '../support/person.ts'

export class TeamRequestsPage {
  constructor(private readonly person: Person) {}

  async open(slug: string): Promise<void> {
    await this.person.open(`/app/${slug}/team/requests`)
    await expect(this.person.page.getByRole('heading', { name: 'Requests', level: 1 })).toBeVisible()
  }

  request(email: string): Locator {
    return this.person.page.locator('li.request').filter({ hasText: email })
  }

  /** Asks for a colleague. */
  async ask(email: string, note?: string): Promise<void> {
    const { page } = this.person
    await page.getByLabel("Colleague's e-mail").fill(email)
    if (note !== undefined) await page.getByLabel('What they need it for').fill(note)
    await page.getByRole('button', { name: 'Ask for a seat' }).click()
    await expect(this.request(email)).toBeVisible()
  }

  approve(email: string): Locator {
    return this.request(email).getByRole('button', { name: /^Approve/ })
  }

  async decline(email: string, reason: string): Promise<void> {
    await this.request(email).locator('summary').click()
    await this.request(email).getByLabel('Reason').fill(reason)
    await this.request(email).getByRole('button', { name: `Decline the seat for ${email}` }).click()
    await expect(this.request(email)).toHaveCount(0)
  }

  waitList(): Locator {
    return this.person.page.locator('ol.requests')
  }
}
