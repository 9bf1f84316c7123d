// What the path does not touch, in a browser that runs no scripts.

import { CARDS } from '../pages/checkout.ts'
import { founded, joined, paid } from '../support/scenes.ts'
import { expect, PASSWORD, test } from '../support/test.ts'

test('a refusal keeps what was typed within reach and says why', async ({ person, names }) => {
  await founded(person, names)
  await person.open('/app')
  await person.page.getByLabel('Company name').fill('Again')
  await person.page.getByLabel('Address').fill(names.slug)
  await person.page.getByRole('button', { name: 'Create company' }).click()
  await expect(person.page.getByText(/in use by another/i).first()).toBeVisible()
})

test('a declined card and a cancelled payment', async ({ person, names, sandbox }) => {
  await founded(person, names)
  await person.billing.open(names.slug)
  await person.billing.choose('all_access', 'All Access', 1)
  await person.checkout.pay(CARDS.declined)
  await expect(person.page.getByText(/declined/i).first()).toBeVisible()
  await person.checkout.back()
  await expect(person.page.getByText('Payment cancelled. Nothing was charged.')).toBeVisible()
  expect(await sandbox.seatsOf(names.at('owner'))).toBeNull()
})

test('invitations are cancelled and members removed with plain forms', async ({ person, someone, names }) => {
  await paid(person, names)
  const second = await someone()
  await joined(person, second, names, names.at('second'))
  await person.team.open(names.slug)
  await person.team.invite(names.at('third'))
  await person.page.getByRole('button', { name: `Cancel invitation for ${names.at('third')}` }).click()
  await expect(person.team.row(names.at('third'))).toHaveCount(0)
  await person.page.getByRole('button', { name: `Remove ${names.at('second')}` }).click()
  await expect(person.team.row(names.at('second'))).toHaveCount(0)
  await person.team.expectSeats('1 of 3 seats used')
})

test('signing out and in again', async ({ person, names }) => {
  await founded(person, names)
  await person.entrance.signOut()
  await person.entrance.signIn(names.at('owner'), PASSWORD)
  await expect(person.page).toHaveURL(/\/app/)
})
