// A plan is changed and ended in a browser that runs no scripts.

import { bought, paid } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

test('an upgrade is chosen, priced and paid with plain forms', async ({ person, names, sandbox }) => {
  await bought(person, names, 'team', 'Team', 'Monthly')
  await person.change.open(names.slug)
  await person.change.ask({ plan: 'Enterprise' })
  const due = await person.change.due()
  await person.change.confirm()
  await person.change.expectDone('You have Enterprise now.')
  expect((await sandbox.invoicesOf(names.at('owner')))[0]).toMatchObject({ status: 'paid', total: due })
})

test('a plan is ended and resumed with plain forms', async ({ person, names, sandbox }) => {
  await paid(person, names)
  await person.course.leave(names.slug)
  await person.course.end('All Access')
  await expect(person.course.banner()).toContainText('You keep all features until then.')
  expect((await sandbox.planOf(names.at('owner'))).cancel_at).not.toBeNull()
  await person.course.resume()
  expect((await sandbox.planOf(names.at('owner'))).cancel_at).toBeNull()
})

test('a wrong tax number is refused at its field, and nothing that was typed is lost', async ({ person, names }) => {
  await paid(person, names)
  await person.invoices.openDetails(names.slug)
  const { page } = person
  await page.getByLabel('Company name').fill('Acme GmbH')
  await page.getByLabel('Street and number').fill('Weg 1')
  await page.getByLabel('Country').fill('de')
  await page.getByLabel('Kind of tax number').selectOption('eu_vat')
  await page.getByLabel('Tax number', { exact: true }).fill('DE12')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.locator('.field-wrong')).toContainText('Tax number')
  for (const [label, typed] of [['Company name', 'Acme GmbH'], ['Street and number', 'Weg 1'], ['Country', 'de']] as const) {
    await expect(page.getByLabel(label)).toHaveValue(typed)
  }
  await expect(page.getByLabel('Kind of tax number')).toHaveValue('eu_vat')
  await page.getByLabel('Tax number', { exact: true }).fill('DE123456789')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.locator('.field-wrong')).toHaveCount(0)
  await person.invoices.openDetails(names.slug)
  await expect(page.getByLabel('Tax number', { exact: true })).toHaveValue('DE123456789')
})
