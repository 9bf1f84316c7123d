// Invoices, what stands on them, and who gets them.

import { expect, type Locator } from '@playwright/test'

import type { Person } from '../support/person.ts'

export class InvoicesPage {
  constructor(private readonly person: Person) {}

  async open(slug: string, asked = ''): Promise<void> {
    await this.person.open(`/app/${slug}/billing/invoices${asked}`)
    await expect(this.person.page.getByRole('heading', { level: 1, name: 'Invoices' })).toBeVisible()
  }

  rows(): Locator {
    return this.person.page.getByRole('region', { name: 'Invoices' }).locator('tbody tr')
  }

  async show(status: string): Promise<void> {
    const { page } = this.person
    await page.getByLabel('State').selectOption({ label: status })
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await expect(page).toHaveURL(/status=/)
    await this.person.settled()
  }

  async openDetails(slug: string): Promise<void> {
    await this.person.open(`/app/${slug}/billing/details`)
    await expect(this.person.page.getByRole('region', { name: 'Who gets invoices' })).toBeVisible()
  }

  contact(email: string): Locator {
    return this.person.page.getByRole('list', { name: 'Billing contacts' }).getByRole('listitem').filter({ hasText: email })
  }

  async addContact(email: string): Promise<void> {
    const { page } = this.person
    await page.getByLabel('E-mail address').fill(email)
    await page.getByRole('button', { name: 'Add billing contact' }).click()
    await expect(this.contact(email)).toContainText('Asked')
  }
}
