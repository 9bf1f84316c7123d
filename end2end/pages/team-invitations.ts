// All invitations, also those that have ended.

import { expect, type Locator } from '@playwright/test'

import type { Person } from '../support/person.ts'
import { TeamPage } from './team.ts'

/** The rows open as those of the team page do. */
export class TeamInvitationsPage extends TeamPage {
  private readonly who: Person

  constructor(person: Person) {
    super(person)
    this.who = person
  }

  override async open(slug: string, rest = ''): Promise<void> {
    await this.who.open(`/app/${slug}/team/invitations${rest}`)
    await expect(this.who.page.getByRole('heading', { name: 'Invitations', level: 1 })).toBeVisible()
  }

  async resend(email: string): Promise<void> {
    const panel = await this.manage(email)
    await panel.getByRole('button', { name: `Send again to ${email}` }).click()
  }

  /** Makes one more link, and says it. */
  async newLink(email: string): Promise<string> {
    const panel = await this.manage(email)
    await panel.getByRole('button', { name: `Show a link for ${email}` }).click()
    await expect(this.who.page.getByText(`Here is a link for ${email}.`)).toBeVisible()
    return this.link().inputValue()
  }

  async again(email: string): Promise<void> {
    const panel = await this.manage(email)
    await panel.getByRole('button', { name: `Invite ${email} again` }).click()
    await expect(this.who.page.getByText(`${email} is invited.`)).toBeVisible()
  }

  state(email: string): Locator {
    return this.row(email).locator('td[data-label="State"]')
  }
}
