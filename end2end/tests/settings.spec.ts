// A company as a whole: what it is called, where it is, whose it is, and how it ends.

import { CARDS } from '../pages/checkout.ts'
import { founded, joined, paid, roomy } from '../support/scenes.ts'
import { expect, PASSWORD, test } from '../support/test.ts'

test('another name is everywhere at once', async ({ person, names }) => {
  await founded(person, names)
  await person.settings.open(names.slug)
  await person.settings.rename('Apex & Daughters')
  if (person.scripts) await expect(person.page.getByText('Renamed.')).toBeVisible()
  await expect(person.page.locator('.switcher summary')).toContainText('Apex & Daughters')
  await person.companies.open()
  await expect(person.page.getByText('Apex & Daughters').first()).toBeVisible()
})

test('the old address leads members to the new one, and strangers nowhere', async ({ person, someone, names }) => {
  const fresh = `${names.slug}-moved`
  await founded(person, names)
  await person.settings.open(names.slug)
  await person.settings.move(fresh)
  await expect(person.page).toHaveURL(new RegExp(`/app/${fresh}/settings$`))
  await person.settled()
  await expect(person.page.getByText(`Links with ${names.slug} still lead here.`)).toBeVisible()
  await person.page.goto(`/app/${names.slug}/team?page=1`)
  await expect(person.page).toHaveURL(new RegExp(`/app/${fresh}/team\\?page=1$`))
  const stranger = await someone()
  await stranger.entrance.signUp(`stranger@${names.slug}-other.test`, PASSWORD)
  const answer = await stranger.page.goto(`/app/${names.slug}`)
  expect(answer?.status()).toBe(404)
})

test('an address that is taken or reserved is refused at its field', async ({ person, names }) => {
  await founded(person, names)
  await person.settings.open(names.slug)
  for (const [slug, why] of [['admin', /reserved/], ['A B', /a to z/]] as const) {
    await person.settings.move(slug)
    await expect(person.settings.part('Address').getByLabel('Address')).toHaveAccessibleDescription(why)
  }
  await expect(person.page).toHaveURL(new RegExp(`/app/${names.slug}/settings`))
})

test('the founder hands over, becomes an admin, and leaves', async ({ person, someone, names }) => {
  await roomy(person, names)
  const second = await someone()
  await joined(person, second, names, names.at('second'))
  await person.settings.open(names.slug)
  await expect(person.settings.part('Leave')).toContainText('You are its only owner')
  await person.settings.handOver(names.company, names.at('second'), 'not my password')
  await expect(person.settings.part('Hand over').getByLabel('Your password')).toHaveAttribute('aria-invalid', 'true')
  await person.settings.handOver(names.company, names.at('second'), PASSWORD)
  await expect(person.page).toHaveURL(new RegExp(`/app/${names.slug}/team`))
  await person.team.open(names.slug)
  await expect(person.team.row(names.at('second'))).toContainText('Owner')
  await expect(person.team.row(names.at('owner'))).toContainText('Admin')
  await person.settings.open(names.slug)
  await expect(person.settings.part('Delete the company')).toHaveCount(0)
  await person.settings.leave(names.company)
  await expect(person.page).toHaveURL(/\/app$/)
  const answer = await person.page.goto(`/app/${names.slug}`)
  expect(answer?.status()).toBe(404)
})

test('a company that is deleted is paid no more', async ({ person, names, sandbox }) => {
  await paid(person, names)
  expect(await sandbox.seatsOf(names.at('owner'))).toBe(1)
  await person.settings.open(names.slug)
  await expect(person.settings.part('Delete the company')).toContainText('All Access ends at once')
  await person.settings.remove(names.company, names.slug, PASSWORD)
  await expect(person.page).toHaveURL(/\/app$/)
  await expect(person.page.getByText('You are in no company yet.')).toBeVisible()
  expect(await sandbox.seatsOf(names.at('owner'))).toBeNull()
  const answer = await person.page.goto(`/app/${names.slug}`)
  expect(answer?.status()).toBe(404)
})

test('what has ended is read, and the free plan is chosen', async ({ person, someone, names, sandbox }) => {
  await roomy(person, names)
  const second = await someone()
  await joined(person, second, names, names.at('second'))
  await sandbox.cancel(names.at('owner'))
  await expect(async () => {
    await person.page.goto(`/app/${names.slug}`)
    await expect(person.page).toHaveURL(/\/billing\/reactivate$/, { timeout: 500 })
  }).toPass({ timeout: 15_000 })
  await person.settled()
  await expect(person.page.getByText('Premium has ended.').first()).toBeVisible()
  await second.page.goto(`/app/${names.slug}`)
  await expect(second.page.getByText(`${names.at('owner')} can choose a plan.`)).toBeVisible()
  await person.team.open(names.slug)
  await expect(person.page.getByText('Premium has ended or is not paid.')).toBeVisible()
  await expect(person.team.row(names.at('second'))).toBeVisible()
  await person.open(`/app/${names.slug}/billing/reactivate`)
  await expect(person.page.getByText('everybody keeps theirs')).toBeVisible()
  await person.page.getByRole('button', { name: 'Continue on Free' }).click()
  await expect(person.page).toHaveURL(new RegExp(`/app/${names.slug}$`))
  await person.settled()
  await expect(person.page.getByText('2 of 3 seats used').filter({ visible: true }).first()).toBeVisible()
})

test('what has ended is bought again', async ({ person, names, sandbox }) => {
  await paid(person, names)
  await sandbox.cancel(names.at('owner'))
  await expect(async () => {
    await person.page.goto(`/app/${names.slug}`)
    await expect(person.page).toHaveURL(/\/billing\/reactivate$/, { timeout: 500 })
  }).toPass({ timeout: 15_000 })
  await person.settled()
  await person.page.getByRole('link', { name: 'Choose a plan' }).click()
  await person.settled()
  await person.billing.choose('all_access', 'All Access', 1)
  await person.checkout.pay(CARDS.good)
  await person.billing.expectActive('$4,999.00')
  await person.open(`/app/${names.slug}`)
  await expect(person.page).toHaveURL(new RegExp(`/app/${names.slug}$`))
})

test('somebody with several companies goes from one to the other', async ({ person, names }) => {
  await founded(person, names)
  await person.open('/app')
  await person.companies.create(`${names.company} Two`, `${names.slug}-two`)
  await person.page.locator('.switcher summary').click()
  await person.page.locator('.switcher').getByRole('link', { name: names.company, exact: true }).click()
  await expect(person.page).toHaveURL(new RegExp(`/app/${names.slug}$`))
})
