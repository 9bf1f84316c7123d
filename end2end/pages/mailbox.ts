// The development mailbox.

import { expect } from '@playwright/test'

import type { Person } from '../support/person.ts'

export class MailboxPage {
  constructor(private readonly person: Person) {}

  /** The invitation link in the newest letter to this address. */
  async linkFor(email: string): Promise<string> {
    return this.linkTo('invitations', email)
  }

  /** A link of that kind in the newest letter to this address. The letter leaves the outbox a moment after the click. */
  async linkTo(kind: string, email: string): Promise<string> {
    const { page } = this.person
    let link: string | undefined
    await expect(async () => {
      await this.person.open('/dev/mail')
      await expect(page.getByRole('heading', { name: 'Mailbox' })).toBeVisible({ timeout: 500 })
      const form = new RegExp(`https?://\\S+?/${kind}/[\\w-]{43}`)
      const letter = page.getByRole('article').filter({ hasText: email }).filter({ hasText: form }).first()
      const text = (await letter.textContent({ timeout: 500 })) ?? ''
      link = form.exec(text)?.[0]
      expect(link).toBeDefined()
    }).toPass({ timeout: 10_000 })
    return link!
  }
}
