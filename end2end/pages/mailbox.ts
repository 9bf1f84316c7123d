// The development mailbox.

import { expect } from '@playwright/test'

import type { Person } from '../support/person.ts'

export class MailboxPage {
  constructor(private readonly person: Person) {}

  /** The invitation link in the newest letter to this address. The letter leaves the outbox a moment after the click. */
  async linkFor(email: string): Promise<string> {
    const { page } = this.person
    let link: string | undefined
    await expect(async () => {
      await this.person.open('/dev/mail')
      await expect(page.getByRole('heading', { name: 'Mailbox' })).toBeVisible({ timeout: 500 })
      const letter = page.getByRole('article').filter({ hasText: email }).first()
      const text = (await letter.textContent({ timeout: 500 })) ?? ''
      link = /https?:\/\/\S+?\/invitations\/[\w-]{43}/.exec(text)?.[0]
      expect(link).toBeDefined()
    }).toPass({ timeout: 10_000 })
    return link!
  }
}
