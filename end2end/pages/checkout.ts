// The sandbox's payment page.

import { expect } from '@playwright/test'

import type { Person } from '../support/person.ts'

export const CARDS = {
  good: '4242 4242 4242 4242',
  declined: '4000 0000 0000 0002',
  secure: '4000 0027 6000 3184',
  /** Can be kept, and is declined whenever it is to pay. */
  failsLater: '4000 0000 0000 0341',
} as const

export class CheckoutPage {
  constructor(private readonly person: Person) {}

  async pay(card: string): Promise<void> {
    const { page } = this.person
    await page.getByLabel('Card number').fill(card)
    await page.getByLabel('Expiry').fill('12 / 34')
    await page.getByLabel('CVC').fill('123')
    await page.getByRole('button', { name: /^(Pay(?!.* with )|Start trial)/ }).click()
  }

  /** On an invoice's own page, with the card that is kept. */
  async payInvoice(): Promise<void> {
    await this.person.page.getByRole('button', { name: /^Pay .* with / }).click()
  }

  async back(): Promise<void> {
    await this.person.page.getByRole('link', { name: 'Back' }).click()
    await expect(this.person.page).toHaveURL(/checkout=cancelled/)
    await this.person.settled()
  }

  async answerBank(answer: 'Complete' | 'Fail'): Promise<void> {
    const { page } = this.person
    await expect(page).toHaveURL(/\/_3ds\//)
    await page.getByRole('button', { name: answer }).click()
  }
}
