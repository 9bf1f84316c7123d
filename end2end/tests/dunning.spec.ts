// A renewal whose payment fails: who is told what, and the way back.

import { CARDS } from '../pages/checkout.ts'
import { bought } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

test('a renewal that fails is late, says so once, and is whole again when it is paid', async ({ person, names, sandbox }) => {
  test.slow()
  const owner = names.at('owner')
  await bought(person, names, 'premium', 'Premium', 'Monthly')

  await test.step('the card stops paying, and the month is over', async () => {
    await person.course.keepCard(names.slug, CARDS.failsLater)
    await sandbox.nextRenewal(owner)
    await sandbox.pass('hour')
    await expect.poll(async () => (await sandbox.planOf(owner)).status).toBe('past_due')
  })

  await test.step('one banner says what could not be charged, and when it is tried again', async () => {
    await expect(async () => {
      await person.billing.open(names.slug)
      await expect(person.course.banner()).toContainText('We could not charge $29.00 to Visa 0341', { timeout: 500 })
    }).toPass({ timeout: 20_000 })
    await expect(person.course.banner()).toHaveCount(1)
    await expect(person.course.banner()).toContainText('We will try again on')
    await expect(person.page.getByText('Past due', { exact: true }).first()).toBeVisible()
  })

  await test.step('a letter says the same', async () => {
    await expect(async () => {
      await person.open('/dev/mail')
      const letter = person.page.getByRole('article').filter({ hasText: owner }).filter({ hasText: 'did not go through' })
      await expect(letter.first()).toContainText('$29.00', { timeout: 500 })
    }).toPass({ timeout: 20_000 })
  })

  await test.step('no seat can be bought meanwhile', async () => {
    await person.change.open(names.slug)
    await person.change.ask({ seats: 2 })
    await expect(person.change.agree()).toHaveCount(0)
  })

  await test.step('paid with another card, everything is as it was', async () => {
    await person.billing.open(names.slug)
    await person.course.banner().getByRole('link', { name: 'Update payment' }).click()
    await expect(person.page.getByRole('heading', { name: /^Invoice / })).toBeVisible()
    await person.checkout.pay(CARDS.good)
    await expect(person.page.getByText(/^Paid on/)).toBeVisible()
    await expect(async () => {
      await person.billing.open(names.slug)
      await expect(person.page.getByText('Active', { exact: true }).first()).toBeVisible({ timeout: 500 })
      // The invoice is told of by an event of its own, and may come a moment after the plan.
      await expect(person.course.banner()).toHaveCount(0, { timeout: 500 })
    }).toPass({ timeout: 20_000 })
    expect((await sandbox.planOf(owner)).status).toBe('active')
  })

  await test.step('seats are sold again', async () => {
    await person.change.open(names.slug)
    await person.change.ask({ seats: 2 })
    await expect(person.change.agree()).toBeVisible()
  })
})
