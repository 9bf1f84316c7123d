// Several people at once.

import { expect, type Locator } from '@playwright/test'

import type { Person } from '../support/person.ts'

export class TeamInvitePage {
  constructor(private readonly person: Person) {}

  async open(slug: string, by: 'rows' | 'csv' = 'rows'): Promise<void> {
    await this.person.open(`/app/${slug}/team/invite${by === 'csv' ? '?by=csv' : ''}`)
    await expect(this.person.page.getByRole('heading', { name: 'Invite several', level: 1 })).toBeVisible()
  }

  email(row: number): Locator {
    return this.person.page.getByLabel(`E-mail ${row}`, { exact: true })
  }

  role(row: number): Locator {
    return this.person.page.getByLabel(`Role ${row}`, { exact: true })
  }

  lines(): Locator {
    return this.person.page.getByLabel('Lines')
  }

  async send(): Promise<void> {
    await this.person.page.getByRole('button', { name: 'Send invitations' }).click()
  }

  report(): Locator {
    return this.person.page.locator('section.report')
  }

  /** The lines of the file that were not invited. */
  async refused(): Promise<number[]> {
    await expect(this.report()).toBeVisible()
    const lines = await this.report().locator('tbody td:first-child').allInnerTexts()
    return lines.map((line) => Number(/\d+/.exec(line)?.[0]))
  }
}
