// Invoices: where they are, what stands on them, and who gets them.

import { readFile } from 'node:fs/promises'

import { bought, founded, paid } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

test('a payment leaves an invoice, with its page, its PDF and its line in the file', async ({ person, names, sandbox }) => {
  await paid(person, names)
  const [invoice] = await sandbox.invoicesOf(names.at('owner'))
  await expect(async () => {
    await person.invoices.open(names.slug)
    await expect(person.invoices.rows()).toHaveCount(1, { timeout: 500 })
  }).toPass({ timeout: 15_000 })
  const row = person.invoices.rows().first()
  await expect(row).toContainText(invoice!.number!)
  await expect(row).toContainText('$4,999.00')
  await expect(row).toContainText('Paid')

  const pdf = await row.getByRole('link', { name: /^PDF/ }).getAttribute('href')
  const file = await person.page.request.get(pdf!)
  expect(file.headers()['content-type']).toContain('application/pdf')
  expect((await file.body()).subarray(0, 5).toString()).toBe('%PDF-')

  const hosted = await row.getByRole('link', { name: new RegExp(`^${invoice!.number!}`) }).getAttribute('href')
  const shown = await (await person.page.request.get(hosted!)).text()
  expect(shown).toContain(`Invoice ${invoice!.number!}`)

  const saving = person.page.waitForEvent('download')
  await person.page.getByRole('link', { name: 'Download CSV' }).click()
  const saved = await saving
  expect(saved.suggestedFilename()).toMatch(new RegExp(`^${names.slug}-invoices-.*\\.csv$`))
  const lines = (await readFile(await saved.path(), 'utf8')).trim().split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[1]).toContain(invoice!.number!)
  expect(lines[1]).toContain('4999.00')
})

test('invoices are looked for by their state', async ({ person, names }) => {
  await founded(person, names)
  await person.invoices.open(names.slug)
  await expect(person.page.getByText('No invoices yet')).toBeVisible()
  await bought(person, names, 'team', 'Team', 'Monthly', undefined, false)
  await person.invoices.open(names.slug)
  await person.invoices.show('Paid')
  await expect(person.invoices.rows()).toHaveCount(1)
  await person.invoices.show('Void')
  await expect(person.page.getByText('No such invoice')).toBeVisible()
  await person.page.getByRole('main').getByRole('link', { name: 'Show all' }).first().click()
  await expect(person.invoices.rows()).toHaveCount(1)
})

test('the tab says what the next invoice will be', async ({ person, names }) => {
  await paid(person, names)
  await person.billing.open(names.slug)
  const next = person.page.getByRole('region', { name: 'Next invoice' })
  await expect(next).toContainText('$4,999.00')
  await expect(next).toContainText(/Due on/)
})

test('a bookkeeper without an account gets the invoices once they have said yes', async ({ person, someone, names }) => {
  await founded(person, names)
  const books = `books@${names.slug}-books.test`
  await person.invoices.openDetails(names.slug)
  await person.invoices.addContact(books)
  const bookkeeper = await someone()
  await bookkeeper.open(await person.mailbox.linkTo('billing-contact', books))
  await bookkeeper.page.getByRole('button', { name: 'Yes, send them' }).click()
  await expect(bookkeeper.page.getByText(`gets the invoices of ${names.company}`)).toBeVisible()
  await person.invoices.openDetails(names.slug)
  await expect(person.invoices.contact(books)).toContainText('Said yes')
  await bought(person, names, 'team', 'Team', 'Monthly', undefined, false)
  await expect(async () => {
    await person.open('/dev/mail')
    const letter = person.page.getByRole('article').filter({ hasText: books }).filter({ hasText: 'is paid' })
    await expect(letter.first()).toContainText('$99.00', { timeout: 500 })
  }).toPass({ timeout: 15_000 })
})

test('what stands on invoices is kept, and a wrong tax number is said at its field', async ({ person, names }) => {
  await founded(person, names)
  await person.invoices.openDetails(names.slug)
  const { page } = person
  await page.getByLabel('Kind of tax number').selectOption('eu_vat')
  await page.getByLabel('Tax number', { exact: true }).fill('DE12')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('This is no EU VAT number.')).toBeVisible()
  await page.getByLabel('PO number').fill('PO 7')
  await page.getByLabel('Kind of tax number').selectOption('eu_vat')
  await page.getByLabel('Tax number', { exact: true }).fill('DE123456789')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('This is no EU VAT number.')).toHaveCount(0)
  await person.invoices.openDetails(names.slug)
  await expect(page.getByLabel('PO number')).toHaveValue('PO 7')
  await expect(page.getByLabel('Tax number', { exact: true })).toHaveValue('DE123456789')
})
