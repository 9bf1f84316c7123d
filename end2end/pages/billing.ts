// The billing tab: what is bought, and the plan cards.

import { expect, type Locator } from '@playwright/test'

import type { Person } from '../support/person.ts'

export class BillingPage {
  constructor(private readonly person: Person) {}

  async open(slug: string): Promise<void> {
    await this.person.open(`/app/${slug}/billing`)
    await expect(this.heading()).toBeVisible()
  }

  heading(): Locator {
    return this.person.page.getByRole('heading', { name: 'Billing', level: 1 })
  }

  card(plan: string): Locator {
    return this.person.page.locator(`article[data-plan="${plan}"]`)
  }

  async showPrices(interval: 'Monthly' | 'Yearly'): Promise<void> {
    await this.person.page.getByRole('link', { name: interval }).first().click()
    await expect(this.person.page).toHaveURL(new RegExp(`interval=${interval === 'Monthly' ? 'month' : 'year'}`))
    await this.person.settled()
  }

  /** Chooses a plan and waits for the sandbox's payment page. */
  async choose(plan: string, name: string, seats?: number): Promise<void> {
    const card = this.card(plan)
    if (seats !== undefined) await card.getByLabel('Seats').fill(String(seats))
    await card.getByRole('button', { name: `Choose ${name}` }).click()
    await expect(this.person.page).toHaveURL(/\/_checkout\//, { timeout: 20_000 })
  }

  async expectActive(perSeat: string): Promise<void> {
    const { page } = this.person
    await expect(page).toHaveURL(/\/billing/)
    await this.person.settled()
    await expect(page.getByText('Active', { exact: true }).first()).toBeVisible()
    await expect(page.getByText(`${perSeat} per seat`).first()).toBeVisible()
    await expect(page.getByText('Next payment').first()).toBeVisible()
  }
}
