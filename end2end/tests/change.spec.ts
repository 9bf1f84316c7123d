// A plan and its seats are changed now: exactly what was shown is charged, or nothing.

import { CARDS } from '../pages/checkout.ts'
import { bought, paid } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

test('an upgrade costs to the cent what its quote said', async ({ person, names, sandbox }) => {
  await bought(person, names, 'team', 'Team', 'Monthly')
  await person.billing.open(names.slug)
  await person.page.getByRole('link', { name: 'Upgrade to Enterprise' }).click()
  await expect(person.change.choice()).toBeVisible()
  const due = await person.change.due()
  expect(due).toBeGreaterThan(0)
  expect((await person.change.lines()).reduce((sum, line) => sum + line, 0)).toBe(due)
  const before = await sandbox.invoicesOf(names.at('owner'))
  await person.change.confirm()
  await person.change.expectDone('You have Enterprise now.')
  const [latest, ...older] = await sandbox.invoicesOf(names.at('owner'))
  expect(older).toHaveLength(before.length)
  expect(latest).toMatchObject({ status: 'paid', total: due, amount_paid: due })
  await person.billing.open(names.slug)
  await expect(person.billing.card('enterprise').getByRole('button', { name: 'Current plan' })).toBeDisabled()
})

test('a seat more is one press away, and costs what the button says', async ({ person, names, sandbox }) => {
  await paid(person, names)
  await person.change.open(names.slug)
  await person.change.oneMore()
  const due = await person.change.due()
  await expect(person.change.agree()).toHaveText(/^Pay \$[\d,.]+ and add 1 seat$/)
  await person.change.confirm()
  await person.change.expectDone('There is 1 seat more now.')
  expect((await sandbox.invoicesOf(names.at('owner')))[0]).toMatchObject({ status: 'paid', total: due })
  expect(await sandbox.seatsOf(names.at('owner'))).toBe(2)
})

test('seats that the bank must allow wait, and come when it has', async ({ person, names, sandbox }) => {
  await bought(person, names, 'premium', 'Premium', 'Yearly', CARDS.secure)
  await person.change.open(names.slug)
  await person.change.ask({ seats: 3 })
  const due = await person.change.due()
  await person.change.confirm()
  await expect(person.change.answer()).toContainText('2 seats are waiting for payment')
  expect(await sandbox.seatsOf(names.at('owner'))).toBe(1)
  await person.billing.open(names.slug)
  await expect(person.course.banner()).toHaveCount(1)
  await expect(person.course.banner()).toContainText('2 seats are waiting for payment.')
  await person.course.banner().getByRole('link', { name: 'Confirm the payment' }).click()
  await person.checkout.payInvoice()
  await person.checkout.answerBank('Complete')
  await expect.poll(() => sandbox.seatsOf(names.at('owner'))).toBe(3)
  await expect(async () => {
    await person.billing.open(names.slug)
    await expect(person.page.getByText('3 seats at $278.00 per seat')).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: 15_000 })
  await expect(person.course.banner()).toHaveCount(0)
  expect((await sandbox.invoicesOf(names.at('owner')))[0]).toMatchObject({ status: 'paid', total: due })
})

test('a card that is refused buys nothing, and says so where the price stood', async ({ person, names, sandbox }) => {
  await bought(person, names, 'premium', 'Premium', 'Yearly')
  await person.course.keepCard(names.slug, CARDS.failsLater)
  await person.change.open(names.slug)
  await person.change.ask({ seats: 2 })
  await person.change.confirm()
  await expect(person.change.answer()).toContainText('The card was refused.')
  expect(await sandbox.seatsOf(names.at('owner'))).toBe(1)
  const paidFor = (await sandbox.invoicesOf(names.at('owner'))).filter(({ status }) => status === 'paid')
  expect(paidFor).toHaveLength(1)
})
