// Who sits where.

import { expect, type Locator } from '@playwright/test'

import type { Person } from '../support/person.ts'

export class TeamPage {
  constructor(private readonly person: Person) {}

  async open(slug: string): Promise<void> {
    await this.person.open(`/app/${slug}/team`)
    await expect(this.person.page.getByRole('heading', { name: 'Team', level: 1 })).toBeVisible()
  }

  async expectSeats(sentence: string): Promise<void> {
    await expect(this.person.page.getByText(sentence).filter({ visible: true }).first()).toBeVisible()
  }

  address(): Locator {
    return this.person.page.getByLabel('E-mail to invite')
  }

  send(): Locator {
    return this.person.page.getByRole('button', { name: 'Send invitation' })
  }

  link(): Locator {
    return this.person.page.getByLabel('Invitation link')
  }

  /** The text in place of the form when no seat is left. */
  full(cap: number): Locator {
    return this.person.page.getByText(`All ${cap} seats are in use.`).first()
  }

  /** The row of a person in the table. */
  row(email: string): Locator {
    return this.person.page.getByRole('row').filter({ hasText: email })
  }

  async invite(email: string): Promise<void> {
    await this.address().fill(email)
    await this.send().click()
    await expect(this.row(email)).toBeVisible()
  }
}
