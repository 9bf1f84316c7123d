// How a plan goes on: cancelled and resumed, made smaller and left as it was, here and at the payment service.

import { bought, paid } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

test('a smaller plan is rehearsed, scheduled and undone', async ({ person, names, sandbox }) => {
  await bought(person, names, 'enterprise', 'Enterprise', 'Yearly')
  await person.billing.open(names.slug)
  await person.course.rehearse('Team')
  await expect(person.page.getByText('Everybody fits.')).toBeVisible()
  await expect(person.page.getByText('Estimated next invoice')).toBeVisible()
  await expect(person.page.getByRole('region', { name: /^Invoice of/ })).toContainText('$950.00')
  await person.course.schedule('Team')
  await expect(person.course.banner()).toContainText('Changes to Team, paid yearly on')
  await expect.poll(async () => (await sandbox.planOf(names.at('owner'))).schedule).not.toBeNull()
  expect(await sandbox.invoicesOf(names.at('owner'))).toHaveLength(1)
  await person.course.undo()
  await expect.poll(async () => (await sandbox.planOf(names.at('owner'))).schedule).toBeNull()
})

test('what was scheduled is there with the renewal', async ({ person, names, sandbox }) => {
  await bought(person, names, 'enterprise', 'Enterprise', 'Monthly')
  await person.billing.open(names.slug)
  await person.billing.showPrices('Monthly')
  await person.course.rehearse('Team')
  await person.course.schedule('Team')
  await sandbox.nextRenewal(names.at('owner'))
  await sandbox.pass('hour')
  await expect(async () => {
    await person.billing.open(names.slug)
    await expect(person.billing.card('team').getByRole('button', { name: 'Current plan' })).toBeDisabled({ timeout: 500 })
  }).toPass({ timeout: 15_000 })
  expect((await sandbox.invoicesOf(names.at('owner')))[0]).toMatchObject({ billing_reason: 'subscription_cycle', total: 9_900 })
})

test('a plan is cancelled, keeps everything until its end, and is resumed', async ({ person, names, sandbox }) => {
  await paid(person, names)
  await person.course.leave(names.slug)
  await expect(person.page.getByText('All Access stays with everything in it.')).toBeVisible()
  await person.course.end('All Access', 'It costs too much')
  await expect(person.course.banner()).toHaveCount(1)
  await expect(person.course.banner()).toContainText('You keep all features until then.')
  await expect(person.page.getByText('Ending', { exact: true })).toBeVisible()
  await expect.poll(async () => (await sandbox.planOf(names.at('owner'))).cancel_at).not.toBeNull()
  await person.change.open(names.slug)
  await person.change.ask({ seats: 2 })
  await expect(person.change.answer()).toContainText('This gives up the end of the plan on')
  await person.billing.open(names.slug)
  await person.course.resume()
  await expect.poll(async () => (await sandbox.planOf(names.at('owner'))).cancel_at).toBeNull()
  await expect(person.page.getByText('Active', { exact: true }).first()).toBeVisible()
})

test('who buys a seat gives up the end that was decided, as the offer says', async ({ person, names, sandbox }) => {
  await paid(person, names)
  await person.course.leave(names.slug)
  await person.course.end('All Access', 'It costs too much')
  await person.change.open(names.slug)
  await person.change.ask({ seats: 2 })
  await expect(person.change.answer()).toContainText('This gives up the end of the plan on')
  const due = await person.change.due()
  await person.change.confirm()
  await person.change.expectDone('There is 1 seat more now.')
  expect((await sandbox.invoicesOf(names.at('owner')))[0]).toMatchObject({ status: 'paid', total: due })
  expect(await sandbox.planOf(names.at('owner'))).toMatchObject({ cancel_at: null, schedule: null })
})

test('what is cancelled at the payment service is known here, and resumed here', async ({ person, names, sandbox }) => {
  await paid(person, names)
  await person.billing.open(names.slug)
  await person.course.portal()
  const { page } = person
  await page.getByRole('link', { name: 'Cancel plan' }).click()
  await page.getByRole('button', { name: /^Cancel / }).click()
  await expect(page.getByText(/Cancelled, ends on/)).toBeVisible()
  await person.course.leavePortal()
  await expect(person.course.banner()).toContainText('You keep all features until then.')
  await person.course.resume()
  await expect.poll(async () => (await sandbox.planOf(names.at('owner'))).cancel_at).toBeNull()
})

test('a visit to the payment service leads back to billing and changes nothing', async ({ person, names, sandbox }) => {
  await paid(person, names)
  await person.billing.open(names.slug)
  const before = await sandbox.planOf(names.at('owner'))
  await person.course.portal()
  await expect(person.page.getByRole('heading', { name: 'Payment method' })).toBeVisible()
  await expect(person.page.getByText('$4,999.00').first()).toBeVisible()
  await person.course.leavePortal()
  await expect(person.course.banner()).toHaveCount(0)
  await expect(person.page.getByText('Active', { exact: true }).first()).toBeVisible()
  expect(await sandbox.planOf(names.at('owner'))).toEqual(before)
})
