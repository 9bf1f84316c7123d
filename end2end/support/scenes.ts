// Where many tests begin.

import { expect } from '@playwright/test'

import type { Person } from './person.ts'
import { PASSWORD, type Names } from './test.ts'
import { CARDS } from '../pages/checkout.ts'

/** An owner with a company on the free plan. */
export async function founded(person: Person, names: Names): Promise<void> {
  await person.entrance.signUp(names.at('owner'), PASSWORD)
  await person.companies.create(names.company, names.slug)
}

/** An owner who has paid for a plan, with one seat where it is sold by the seat. `fresh`: whose company is not there yet. */
export async function bought(
  person: Person,
  names: Names,
  plan: string,
  name: string,
  interval: 'Monthly' | 'Yearly',
  card: string = CARDS.good,
  fresh = true,
): Promise<void> {
  if (fresh) await founded(person, names)
  await person.billing.open(names.slug)
  await person.billing.showPrices(interval)
  await person.billing.choose(plan, name)
  await person.checkout.pay(card)
  if (card === CARDS.secure) await person.checkout.answerBank('Complete')
  await expect(person.page).toHaveURL(/\/billing/, { timeout: 20_000 })
  await person.settled()
  await expect(person.page.getByText('Active', { exact: true }).first()).toBeVisible({ timeout: 20_000 })
}

/** An owner who has paid for All Access with one seat. */
export async function paid(person: Person, names: Names): Promise<void> {
  await founded(person, names)
  await person.billing.open(names.slug)
  await person.billing.choose('all_access', 'All Access', 1)
  await person.checkout.pay(CARDS.good)
  await person.billing.expectActive('$4,999.00')
}

/** An owner who has paid for Premium: people of the same domain, as many as they like. */
export async function roomy(person: Person, names: Names): Promise<void> {
  await founded(person, names)
  await person.billing.open(names.slug)
  await person.billing.choose('premium', 'Premium', 1)
  await person.checkout.pay(CARDS.good)
  await person.billing.expectActive('$278.00')
}

/** Invites somebody through the team page and lets them join with a new account. */
export async function joined(owner: Person, newcomer: Person, names: Names, email: string): Promise<void> {
  await owner.team.open(names.slug)
  await owner.team.invite(email)
  await newcomer.invitation.open(await owner.mailbox.linkFor(email), names.company)
  await newcomer.invitation.joinAsNew(PASSWORD, names.slug)
}
