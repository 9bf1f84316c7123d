// Where plan, interval and seats are changed now: the choice, and the invoice it would make.

import { expect, type Locator } from '@playwright/test'

import type { Person } from '../support/person.ts'
import { cents } from '../support/money.ts'

export class ChangePage {
  constructor(private readonly person: Person) {}

  async open(slug: string): Promise<void> {
    await this.person.open(`/app/${slug}/billing/change`)
    await expect(this.choice()).toBeVisible()
  }

  choice(): Locator {
    return this.person.page.getByRole('region', { name: 'Your choice' })
  }

  /** The part that answers the choice, whatever it says. */
  answer(): Locator {
    return this.person.page.locator('section.quote')
  }

  /** Chooses and asks what it costs. What is left out stays as it is. */
  async ask(wish: { plan?: string; interval?: 'monthly' | 'yearly'; seats?: number }): Promise<void> {
    const choice = this.choice()
    if (wish.plan !== undefined) await choice.getByLabel('Plan').selectOption({ label: wish.plan })
    if (wish.interval !== undefined) await choice.getByLabel(wish.interval).check()
    if (wish.seats !== undefined) await choice.getByLabel('Seats', { exact: true }).fill(String(wish.seats))
    await choice.getByRole('button', { name: 'Show what it costs' }).click()
    const interval = wish.interval && (wish.interval === 'monthly' ? 'month' : 'year')
    await this.person.page.waitForURL(({ searchParams: asked }) => {
      const is = (name: string, wanted?: string): boolean => wanted === undefined || asked.get(name) === wanted
      return asked.has('plan') && is('interval', interval) && is('seats', wish.seats?.toString())
    })
    await this.person.settled()
  }

  async oneMore(): Promise<void> {
    await this.choice().getByRole('link', { name: 'One seat more' }).click()
    await expect(this.person.page).toHaveURL(/seats=/)
    await this.person.settled()
  }

  /** What is due today, in the smallest unit. */
  async due(): Promise<number> {
    const row = this.answer().getByRole('row', { name: /^Due today/ })
    return cents(await row.getByRole('cell').last().innerText())
  }

  /** The amounts of all lines above the sum. */
  async lines(): Promise<number[]> {
    const rows = await this.answer().locator('tbody td').allInnerTexts()
    return rows.map(cents)
  }

  /** The button that says the money. */
  agree(): Locator {
    return this.answer().getByRole('button', { name: /^(Pay|Add|Change|Have)/ })
  }

  async confirm(): Promise<void> {
    await this.agree().click()
    await expect(this.person.page).toHaveURL(/[?&]quote=/, { timeout: 20_000 })
    await this.person.settled()
  }

  async expectDone(words: string): Promise<void> {
    await expect(async () => {
      await this.person.page.reload()
      await this.person.settled()
      await expect(this.answer()).toContainText('Done.', { timeout: 1_000 })
    }).toPass({ timeout: 15_000 })
    await expect(this.answer()).toContainText(words)
  }
}
