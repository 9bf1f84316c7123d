// What the path does not touch, in a browser that runs no scripts.

import { CARDS } from '../pages/checkout.ts'
import { founded, joined, paid, roomy } from '../support/scenes.ts'
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
  await person.team.cancel(names.at('third'))
  await expect(person.team.row(names.at('third'))).toHaveCount(0)
  await person.team.remove(names.at('second'), names.company)
  await person.team.expectSeats('1 of 3 seats used')
})

test('signing out and in again', async ({ person, names }) => {
  await founded(person, names)
  await person.entrance.signOut()
  await person.entrance.signIn(names.at('owner'), PASSWORD)
  await expect(person.page).toHaveURL(/\/app/)
})

test('people are suspended, brought back, promoted and asked again with plain forms', async ({ person, someone, names }) => {
  await paid(person, names)
  await joined(person, await someone(), names, names.at('second'))
  await person.team.open(names.slug)
  await person.team.suspend(names.at('second'), { reason: 'A rest' })
  await person.team.reactivate(names.at('second'))
  await person.team.changeRole(names.at('second'), 'Viewer')
  await person.team.open(names.slug)
  await person.team.invite(names.at('third'))
  await person.invitations.open(names.slug)
  expect(await person.invitations.newLink(names.at('third'))).toContain('/invitations/')
})

test('a list of people is invited with plain forms, and the bad line is named', async ({ person, names }) => {
  await roomy(person, names)
  await person.several.open(names.slug, 'csv')
  await person.several.lines().fill(`email,role\n${names.at('one')},member\nnot an address,member\n${names.at('two')},viewer\n`)
  await person.several.send()
  expect(await person.several.refused()).toEqual([3])
  await person.several.open(names.slug)
  await person.several.email(1).fill(names.at('three'))
  await person.several.send()
  await expect(person.several.report()).toContainText('All are invited')
  await person.team.open(names.slug)
  await person.team.expectSeats('1 seat used, 3 invitations pending')
})

test('a seat is asked for and granted with plain forms', async ({ person, someone, names }) => {
  await paid(person, names)
  const second = await someone()
  await joined(person, second, names, names.at('second'))
  await second.requests.open(names.slug)
  await second.requests.ask(names.at('third'), 'The new shop')
  await person.requests.open(names.slug)
  await person.requests.approve(names.at('third')).click()
  await person.team.open(names.slug)
  await expect(person.team.row(names.at('third'))).toBeVisible()
})

test('the audit log is looked through with a plain form', async ({ person, names }) => {
  await founded(person, names)
  await person.audit.open(names.slug)
  await expect(person.audit.lines()).toHaveCount(1)
  await person.audit.show({ who: names.at('owner'), action: 'organization' })
  await expect(person.audit.lines().first()).toContainText('Created the company')
  await person.audit.show({ action: 'member' })
  await expect(person.page.getByText('No such line')).toBeVisible()
})

test('what went wrong is told in the row that was open, and a page that one may not open says so', async ({ person, someone, names }) => {
  await paid(person, names)
  const second = await someone()
  await joined(person, second, names, names.at('second'))
  await person.team.open(names.slug)
  const deed = await person.team.about(names.at('second'), `Suspend ${names.at('second')}`)
  await deed.getByLabel('Last day').fill('2001-01-01')
  await deed.getByRole('button', { name: `Suspend ${names.at('second')}` }).click()
  await expect(person.page.getByLabel('Last day')).toBeVisible()
  await expect(person.page.getByLabel('Last day')).toHaveAttribute('aria-invalid', 'true')
  for (const part of ['invite', 'invitations', 'reclaim']) {
    const answer = await second.page.goto(`/app/${names.slug}/team/${part}`)
    expect(answer?.status(), part).toBe(403)
  }
})
