// How a plan goes on: its end and the way back, something smaller from the next period on, the payment service's page.

import { expect, type Locator } from '@playwright/test'

import type { Person } from '../support/person.ts'

export class CoursePage {
  constructor(private readonly person: Person) {}

  banner(): Locator {
    return this.person.page.locator('main .banner')
  }

  /** The page that says what ends with the plan. */
  async leave(slug: string): Promise<void> {
    await this.person.billing.open(slug)
    await this.person.page.getByRole('link', { name: /^Cancel / }).click()
    await expect(this.person.page).toHaveURL(/\/billing\/cancel$/)
    await this.person.settled()
    await expect(this.person.page.getByRole('region', { name: /^Until / })).toBeVisible()
  }

  async end(plan: string, reason?: string): Promise<void> {
    const { page } = this.person
    if (reason !== undefined) await page.getByLabel('Reason').selectOption({ label: reason })
    await page.getByRole('button', { name: `End ${plan} on` }).click()
    await expect(page).toHaveURL(/\/billing$/)
    await this.person.settled()
  }

  async resume(): Promise<void> {
    await this.banner().getByRole('button', { name: 'Resume' }).click()
    await expect(this.banner()).toHaveCount(0)
  }

  /** The rehearsal of something smaller, from its card on the billing tab. */
  async rehearse(plan: string): Promise<void> {
    await this.person.page.getByRole('link', { name: `Downgrade to ${plan}` }).click()
    await expect(this.person.page.getByRole('heading', { level: 1, name: `Downgrade to ${plan}` })).toBeVisible()
    await this.person.settled()
  }

  async schedule(plan: string): Promise<void> {
    await this.person.page.getByRole('button', { name: `Change to ${plan} on` }).click()
    await expect(this.person.page).toHaveURL(/\/billing$/)
    await this.person.settled()
  }

  async undo(): Promise<void> {
    await this.banner().getByRole('button', { name: /^Undo/ }).click()
    await expect(this.banner()).toHaveCount(0)
  }

  /** To the payment service's own page. */
  async portal(): Promise<void> {
    await this.person.page.getByRole('button', { name: 'Manage payment' }).click()
    await expect(this.person.page).toHaveURL(/\/_portal\//)
  }

  async leavePortal(): Promise<void> {
    await this.person.page.getByRole('link', { name: 'Back to the application' }).click()
    await expect(this.person.page).toHaveURL(/\/billing/)
    await this.person.settled()
  }

  /** Another card, kept at the payment service for what comes; who has named it is back. */
  async keepCard(slug: string, number: string): Promise<void> {
    const { page } = this.person
    await this.person.billing.open(slug)
    await page.getByRole('button', { name: /^(Use another|Add a) card$/ }).click()
    await expect(page).toHaveURL(/\/_portal\//)
    await page.getByLabel('Card number').fill(number)
    await page.getByLabel('Expiry').fill('12 / 34')
    await page.getByLabel('CVC').fill('123')
    await page.getByRole('button', { name: 'Save card' }).click()
    // That was all that was wanted there, so it leads back by itself.
    await expect(page).toHaveURL(/\/billing/)
    await this.person.settled()
  }
}
