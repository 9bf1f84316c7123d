// The company's domains.

import { expect, type Locator } from '@playwright/test'

import type { Person } from '../support/person.ts'

export class DomainsPage {
  constructor(private readonly person: Person) {}

  async open(slug: string): Promise<void> {
    await this.person.open(`/app/${slug}/settings/domains`)
    await expect(this.person.page.getByRole('heading', { name: 'Domains', level: 1 })).toBeVisible()
  }

  /** The section of a domain. */
  domain(domain: string): Locator {
    return this.person.page.getByRole('region', { name: domain, exact: true })
  }

  /** Adds a domain; answers the record that is asked for. */
  async add(domain: string): Promise<{ name: string; text: string }> {
    const { page } = this.person
    await page.getByLabel('Domain', { exact: true }).fill(domain)
    await page.getByRole('button', { name: 'Add domain' }).click()
    await expect(this.domain(domain)).toContainText('Waiting for its record')
    return {
      name: await this.domain(domain).getByLabel('Name of the TXT record').inputValue(),
      text: await this.domain(domain).getByLabel('Text of the TXT record').inputValue(),
    }
  }

  async check(domain: string): Promise<void> {
    await this.domain(domain).getByRole('button', { name: 'Check now' }).click()
  }

  async countSubdomains(domain: string): Promise<void> {
    await this.domain(domain).getByRole('button', { name: `Count subdomains too of ${domain}` }).click()
    await expect(this.domain(domain)).toContainText('Addresses in subdomains count too')
  }

  async remove(domain: string, company: string): Promise<void> {
    await this.domain(domain).locator('summary').click()
    await this.domain(domain).getByRole('button', { name: `Remove ${domain} from ${company}` }).click()
    await expect(this.domain(domain)).toHaveCount(0)
  }
}
