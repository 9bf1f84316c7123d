// What an invited person opens.

import { expect } from '@playwright/test'

import type { Person } from '../support/person.ts'

export class InvitationPage {
  constructor(private readonly person: Person) {}

  async open(link: string, company: string): Promise<void> {
    await this.person.open(link)
    await expect(this.person.page.getByRole('heading', { name: `Join ${company}` })).toBeVisible()
  }

  async joinAsNew(password: string, slug: string): Promise<void> {
    const { page } = this.person
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Create account and join' }).click()
    await expect(page).toHaveURL(new RegExp(`/app/${slug}(/.*)?$`))
    await this.person.settled()
  }
}
