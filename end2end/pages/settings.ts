// The company as a whole: its name, its address, its owner, its end.

import { expect, type Locator } from '@playwright/test'

import type { Person } from '../support/person.ts'

export class SettingsPage {
  constructor(private readonly person: Person) {}

  async open(slug: string, rest = ''): Promise<void> {
    await this.person.open(`/app/${slug}/settings${rest}`)
    await expect(this.heading()).toBeVisible()
  }

  heading(): Locator {
    return this.person.page.getByRole('heading', { name: 'Settings', level: 1 })
  }

  /** A section by its title. */
  part(title: string): Locator {
    return this.person.page.getByRole('region', { name: title, exact: true })
  }

  async rename(name: string): Promise<void> {
    await this.part('Company name').getByLabel('Company name').fill(name)
    await this.part('Company name').getByRole('button', { name: 'Rename' }).click()
  }

  async move(slug: string): Promise<void> {
    await this.part('Address').getByLabel('Address').fill(slug)
    await this.part('Address').getByRole('button', { name: 'Move to this address' }).click()
  }

  /** Opens a question, if it is not open. */
  async ask(title: string): Promise<Locator> {
    const details = this.part(title).locator('details')
    if ((await details.getAttribute('open')) === null) await details.locator('summary').click()
    return details
  }

  async handOver(company: string, to: string, password: string): Promise<void> {
    const question = await this.ask('Hand over')
    await question.getByLabel('New owner').selectOption(to)
    await question.getByLabel('Your password').fill(password)
    await question.getByRole('button', { name: `Hand ${company} over now` }).click()
  }

  async leave(company: string): Promise<void> {
    const question = await this.ask('Leave')
    await question.getByRole('button', { name: `Leave ${company} now` }).click()
  }

  async remove(company: string, slug: string, password: string): Promise<void> {
    const question = await this.ask('Delete the company')
    await question.getByLabel(`Write ${slug} to confirm`).fill(slug)
    await question.getByLabel('Your password').fill(password)
    await question.getByRole('button', { name: `Delete ${company} for good` }).click()
  }
}
