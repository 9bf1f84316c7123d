// One's companies, and a new one.

import { expect } from '@playwright/test'

import type { Person } from '../support/person.ts'

export class CompaniesPage {
  constructor(private readonly person: Person) {}

  async open(): Promise<void> {
    await this.person.open('/app')
    await expect(this.person.page.getByRole('heading', { name: 'Your companies' })).toBeVisible()
  }

  async create(name: string, slug: string): Promise<void> {
    const { page } = this.person
    await page.getByLabel('Company name').fill(name)
    await page.getByLabel('Address').fill(slug)
    await page.getByRole('button', { name: 'Create company' }).click()
    await expect(page).toHaveURL(new RegExp(`/app/${slug}(/.*)?$`))
    await this.person.settled()
  }
}
