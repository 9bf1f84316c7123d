// Signing up, signing in, signing out.

import { expect } from '@playwright/test'

import type { Person } from '../support/person.ts'

export class EntrancePage {
  constructor(private readonly person: Person) {}

  /** An account, with its address proved by the link in the letter. */
  async signUp(email: string, password: string): Promise<void> {
    const { page } = this.person
    await this.person.open('/signup')
    await expect(page.getByRole('heading', { name: 'Create your account' })).toBeVisible()
    await page.getByLabel('Work e-mail').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Create account' }).click()
    await expect(page).toHaveURL(/\/signup\/sent/)
    await this.person.open(await this.person.mailbox.linkTo('confirm', email))
    await page.getByRole('button', { name: 'Confirm address' }).click()
    await expect(page).toHaveURL(/\/app$/)
    await this.person.settled()
  }

  async signIn(email: string, password: string): Promise<void> {
    const { page } = this.person
    await this.person.open('/login')
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  async signOut(): Promise<void> {
    await this.person.page.getByRole('button', { name: 'Sign out' }).first().click()
    await expect(this.person.page).toHaveURL(/\/(login)?$/)
  }
}
