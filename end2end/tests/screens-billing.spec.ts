// Pictures of the pages about money, in the states that a plan goes through.

import { CARDS } from '../pages/checkout.ts'
import { picture } from '../support/picture.ts'
import { bought, founded, paid } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

test('pictures of changes of a plan', async ({ person, names }) => {
  await paid(person, names)
  await person.billing.open(names.slug)
  await picture(person, '50-billing-active')
  await person.change.open(names.slug)
  await picture(person, '51-change')
  await person.change.ask({ seats: 3 })
  await picture(person, '52-change-quote')
  await person.change.confirm()
  await person.change.expectDone('There are 2 seats more now.')
  await picture(person, '53-change-done')
  await person.open(`/app/${names.slug}/billing/change?plan=team&interval=month`)
  await picture(person, '54-change-at-period-end')
  await person.invoices.open(names.slug)
  await picture(person, '55-invoices')
  await person.invoices.open(names.slug, '?status=void')
  await picture(person, '56-invoices-none')
  await person.invoices.openDetails(names.slug)
  await person.invoices.addContact(names.at('books'))
  await picture(person, '57-details')
  await person.course.leave(names.slug)
  await picture(person, '58-cancel')
  await person.course.end('All Access')
  await picture(person, '59-billing-ends')
})

test('pictures of something smaller', async ({ person, names }) => {
  await bought(person, names, 'enterprise', 'Enterprise', 'Yearly')
  await person.billing.open(names.slug)
  await picture(person, '60-billing-enterprise')
  await person.course.rehearse('Team')
  await picture(person, '61-later')
  await person.course.schedule('Team')
  await picture(person, '62-billing-scheduled')
})

test('pictures of what is given up for something more', async ({ person, names }) => {
  await bought(person, names, 'premium', 'Premium', 'Monthly')
  await person.course.leave(names.slug)
  await person.course.end('Premium')
  await person.change.open(names.slug)
  await person.change.ask({ seats: 2 })
  await picture(person, '62-change-gives-up')
})

test('pictures of a payment that waits, and of one that is late', async ({ person, names, sandbox }) => {
  await bought(person, names, 'premium', 'Premium', 'Monthly', CARDS.secure)
  await person.change.open(names.slug)
  await person.change.ask({ seats: 3 })
  await person.change.confirm()
  await picture(person, '63-change-waits')
  await person.billing.open(names.slug)
  await picture(person, '64-billing-waits')
  await person.course.portal()
  await picture(person, '65-portal')
  await sandbox.nextRenewal(names.at('owner'))
  await sandbox.pass('hour')
  await expect(async () => {
    await person.billing.open(names.slug)
    await expect(person.page.getByText('Past due', { exact: true }).first()).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: 20_000 })
  await picture(person, '66-billing-past-due')
  await person.course.banner().getByRole('link').first().click()
  await picture(person, '67-invoice-to-pay')
  await person.page.goto(new URL('/_sandbox', person.page.url()).href)
  await picture(person, '68-console')
})

test('pictures of invoices of who has none', async ({ person, names }) => {
  await founded(person, names)
  await person.invoices.open(names.slug)
  await picture(person, '69-invoices-empty')
  await person.invoices.openDetails(names.slug)
  await picture(person, '70-details-empty')
})
