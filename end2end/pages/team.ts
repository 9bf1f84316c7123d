// Who sits where.

import { expect, type Locator } from '@playwright/test'

import type { Person } from '../support/person.ts'

export class TeamPage {
  constructor(private readonly person: Person) {}

  async open(slug: string, rest = ''): Promise<void> {
    await this.person.open(`/app/${slug}/team${rest}`)
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
    return this.person.page.locator('tr:not(.row-panel)').filter({ hasText: email })
  }

  async invite(email: string, role?: string): Promise<void> {
    await this.address().fill(email)
    if (role !== undefined) await this.person.page.getByLabel('Role', { exact: true }).selectOption(role)
    await this.send().click()
    await expect(this.row(email)).toBeVisible()
  }

  /** What can be done about a person: opens it, if it is not open. */
  async manage(email: string): Promise<Locator> {
    const manage = this.row(email).getByRole('link', { name: `Manage ${email}` })
    if ((await manage.getAttribute('aria-expanded')) !== 'true') await manage.click()
    const panel = this.person.page.locator('.row-panel')
    await expect(panel).toBeVisible()
    return panel
  }

  /** Opens one of the deeds of a person. */
  async about(email: string, deed: string): Promise<Locator> {
    const panel = await this.manage(email)
    const details = panel.locator('details').filter({ has: this.person.page.locator('summary', { hasText: deed }) })
    if ((await details.getAttribute('open')) === null) await details.locator('summary').click()
    return details
  }

  async remove(email: string, company: string): Promise<void> {
    const deed = await this.about(email, `Remove ${email}`)
    await deed.getByRole('button', { name: `Remove ${email} from ${company}` }).click()
    await expect(this.row(email)).toHaveCount(0)
  }

  async cancel(email: string, reason?: string): Promise<void> {
    const deed = await this.about(email, `Cancel invitation for ${email}`)
    if (reason !== undefined) await deed.getByLabel('Reason').fill(reason)
    await deed.getByRole('button', { name: `Cancel the invitation for ${email}` }).click()
  }

  async suspend(email: string, { reason, until }: { reason?: string; until?: string } = {}): Promise<void> {
    const deed = await this.about(email, `Suspend ${email}`)
    if (reason !== undefined) await deed.getByLabel('Reason').fill(reason)
    if (until !== undefined) await deed.getByLabel('Last day').fill(until)
    await deed.getByRole('button', { name: `Suspend ${email}` }).click()
    await expect(this.row(email)).toContainText('Suspended')
  }

  async reactivate(email: string): Promise<void> {
    const panel = await this.manage(email)
    await panel.getByRole('button', { name: `Reactivate ${email}` }).click()
    await expect(this.row(email)).toContainText('Active')
  }

  async changeRole(email: string, role: string): Promise<void> {
    const deed = await this.about(email, 'Change role')
    await deed.getByLabel('New role').selectOption({ label: role })
    await deed.getByRole('button', { name: 'Change role' }).click()
    await expect(this.row(email)).toContainText(role)
  }

  async leave(company: string, me: string): Promise<void> {
    const deed = await this.about(me, `Leave ${company}`)
    await deed.getByRole('button', { name: `Leave ${company} now` }).click()
  }

  async find(part: string): Promise<void> {
    await this.person.page.getByLabel('Find a member').fill(part)
    await this.person.page.getByRole('button', { name: 'Find' }).click()
    await expect(this.person.page.getByText('found')).toBeVisible()
  }
}
