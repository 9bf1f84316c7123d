// What happens to the money, and when nothing should.

import { CARDS } from '../pages/checkout.ts'
import { founded, paid } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

test('a declined card leaves no subscription, and another card pays', async ({ person, names, sandbox }) => {
  await founded(person, names)
  await person.billing.open(names.slug)
  await person.billing.choose('all_access', 'All Access', 1)
  await person.checkout.pay(CARDS.declined)
  await expect(person.page.getByText(/declined/i).first()).toBeVisible()
  const owned = await sandbox.subscriptionsOf(names.at('owner'))
  expect(owned.filter((subscription) => subscription.status === 'active')).toEqual([])
  await person.checkout.pay(CARDS.good)
  await person.billing.expectActive('$4,999.00')
})

test('after a declined card the company is on the plan it had', async ({ person, names }) => {
  await founded(person, names)
  await person.billing.open(names.slug)
  await person.billing.choose('team', 'Team')
  await person.checkout.pay(CARDS.declined)
  await expect(person.page.getByText(/declined/i).first()).toBeVisible()
  await person.checkout.back()
  await expect(person.billing.card('free').getByRole('button', { name: 'Current plan' })).toBeDisabled()
})

test('a cancelled payment says so and charges nothing', async ({ person, names, sandbox }) => {
  await founded(person, names)
  await person.billing.open(names.slug)
  await person.billing.choose('all_access', 'All Access', 1)
  await person.checkout.back()
  await expect(person.page.getByText('Payment cancelled. Nothing was charged.')).toBeVisible()
  expect(await sandbox.subscriptionsOf(names.at('owner'))).toEqual([])
})

test('a plan is bought as well when time has passed at the payment service', async ({ person, names, sandbox }) => {
  await sandbox.pass('month')
  await paid(person, names)
  expect(await sandbox.seatsOf(names.at('owner'))).toBe(1)
})

test('a bank that asks and hears yes lets the payment through', async ({ person, names, sandbox }) => {
  await founded(person, names)
  await person.billing.open(names.slug)
  await person.billing.choose('all_access', 'All Access', 1)
  await person.checkout.pay(CARDS.secure)
  await person.checkout.answerBank('Complete')
  await person.billing.expectActive('$4,999.00')
  expect(await sandbox.seatsOf(names.at('owner'))).toBe(1)
})

test('a bank that asks and hears no leaves everything as it was', async ({ person, names, sandbox }) => {
  await founded(person, names)
  await person.billing.open(names.slug)
  await person.billing.choose('all_access', 'All Access', 1)
  await person.checkout.pay(CARDS.secure)
  await person.checkout.answerBank('Fail')
  await expect(person.page.getByRole('button', { name: /^Pay/ })).toBeVisible()
  expect(await sandbox.seatsOf(names.at('owner'))).toBeNull()
  await person.billing.open(names.slug)
  await expect(person.billing.card('free').getByRole('button', { name: 'Current plan' })).toBeDisabled()
})

test('a flat plan is bought by the month', async ({ person, names }) => {
  await founded(person, names)
  await person.billing.open(names.slug)
  await person.billing.showPrices('Monthly')
  await person.billing.choose('team', 'Team')
  await person.checkout.pay(CARDS.good)
  await expect(person.page.getByText('Active', { exact: true }).first()).toBeVisible()
  await expect(person.page.getByText('Next payment').first()).toBeVisible()
  await expect(person.billing.card('team').getByRole('button', { name: 'Current plan' })).toBeDisabled()
})

test('a company that pays is not sold a second subscription', async ({ person, names, sandbox }) => {
  await paid(person, names)
  await person.billing.open(names.slug)
  await expect(person.billing.card('all_access').getByRole('button', { name: 'Current plan' })).toBeDisabled()
  await expect(person.page.getByRole('button', { name: /^Choose/, disabled: false })).toHaveCount(0)
  expect(await sandbox.subscriptionsOf(names.at('owner'))).toHaveLength(1)
})

test('going back and choosing again leads to the same payment', async ({ person, names, sandbox }) => {
  await founded(person, names)
  await person.billing.open(names.slug)
  await person.billing.choose('all_access', 'All Access', 1)
  const first = person.page.url()
  await person.billing.open(names.slug)
  await person.billing.choose('all_access', 'All Access', 1)
  expect(person.page.url()).toBe(first)
  await person.checkout.pay(CARDS.good)
  await person.billing.expectActive('$4,999.00')
  expect(await sandbox.subscriptionsOf(names.at('owner'))).toHaveLength(1)
})
