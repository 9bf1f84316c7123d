// Asking for seats: for a colleague, for oneself, and waiting for one.

import { joined, paid } from '../support/scenes.ts'
import { expect, PASSWORD, test } from '../support/test.ts'

test('a member asks for a colleague, and the owner says yes with the price on the button', async ({ person, someone, names }) => {
  await paid(person, names)
  const second = await someone()
  await joined(person, second, names, names.at('second'))
  await second.requests.open(names.slug)
  await second.requests.ask(names.at('third'), 'The new shop in town')
  await person.team.open(names.slug)
  await expect(person.page.getByText('1 person asks for a seat.')).toBeVisible()
  await person.requests.open(names.slug)
  await expect(person.requests.request(names.at('third'))).toContainText('The new shop in town')
  await expect(person.requests.request(names.at('third'))).toContainText(names.at('second'))
  await expect(person.requests.approve(names.at('third'))).toContainText('$4,999.00')
  await person.requests.approve(names.at('third')).click()
  await expect(person.requests.request(names.at('third'))).toHaveCount(0)
  await person.team.open(names.slug)
  await expect(person.team.row(names.at('third'))).toContainText('Invited')
})

test('a full house has a wait list, and its first gets the seat that is freed', async ({ person, someone, names }) => {
  await paid(person, names)
  const second = await someone()
  await joined(person, second, names, names.at('second'))
  await person.team.open(names.slug)
  await person.team.invite(names.at('third'))
  await second.requests.open(names.slug)
  await second.requests.ask(names.at('fourth'))
  await second.requests.ask(names.at('fifth'))
  await person.requests.open(names.slug)
  for (const name of ['fourth', 'fifth']) {
    await expect(person.requests.approve(names.at(name))).toContainText('wait list')
    await person.requests.approve(names.at(name)).click()
    await expect(person.requests.waitList()).toContainText(names.at(name))
  }
  await expect(person.requests.waitList().locator('li').first()).toContainText(names.at('fourth'))
  await person.team.open(names.slug)
  await person.team.cancel(names.at('third'))
  await expect(async () => {
    await person.team.open(names.slug)
    await expect(person.team.row(names.at('fourth'))).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: 15_000 })
  await person.requests.open(names.slug)
  await expect(person.requests.waitList().locator('li')).toHaveCount(1)
})

test('a request is declined with words, and another is taken back', async ({ person, someone, names }) => {
  await paid(person, names)
  const second = await someone()
  await joined(person, second, names, names.at('second'))
  await second.requests.open(names.slug)
  await second.requests.ask(names.at('third'))
  await second.requests.ask(names.at('fourth'))
  await person.requests.open(names.slug)
  await person.requests.decline(names.at('third'), 'Not this year')
  await second.requests.open(names.slug)
  await expect(second.requests.request(names.at('third'))).toHaveCount(0)
  await second.page.getByRole('button', { name: `Take back the request for ${names.at('fourth')}` }).click()
  await expect(second.requests.request(names.at('fourth'))).toHaveCount(0)
  await person.requests.open(names.slug)
  await expect(person.page.getByText('Nobody asks for a seat')).toBeVisible()
})

test('a newcomer asks their company and learns nothing, until the owner answers', async ({ person, someone, names }) => {
  await paid(person, names)
  const answers: string[] = []
  for (const email of [names.at('newcomer'), 'somebody@nowhere-at-all.test']) {
    const newcomer = await someone()
    await newcomer.entrance.signUp(email, PASSWORD)
    await newcomer.page.getByLabel('A word to the owners').fill('It is me')
    await newcomer.page.getByRole('button', { name: 'Ask for a seat' }).click()
    const status = newcomer.page.getByRole('status').filter({ hasText: 'Your request is on its way.' })
    await expect(status).toBeVisible()
    answers.push(await status.innerText())
    await expect(newcomer.page.getByText(names.company, { exact: true })).toHaveCount(0)
  }
  expect(answers[0]).toBe(answers[1])
  await person.requests.open(names.slug)
  await expect(person.requests.request(names.at('newcomer'))).toContainText('asks for themselves')
  await person.requests.approve(names.at('newcomer')).click()
  await expect(person.requests.request(names.at('newcomer'))).toHaveCount(0)
  await person.team.open(names.slug)
  await expect(person.team.row(names.at('newcomer'))).toContainText('Active')
})

test('an idle seat is found and freed', async ({ person, someone, names, later }) => {
  await paid(person, names)
  await joined(person, await someone(), names, names.at('second'))
  await later(20 * 24)
  await person.reclaim.open(names.slug, '?days=14')
  await expect(person.page.getByText('1 person was not here for 14 days.')).toBeVisible()
  await expect(person.page.getByText('saves $4,999.00 a year')).toBeVisible()
  const deed = await person.reclaim.about(names.at('second'), `Suspend ${names.at('second')}`)
  await deed.getByRole('button', { name: `Suspend ${names.at('second')}` }).click()
  await expect(person.reclaim.row(names.at('second'))).toHaveCount(0)
  await person.team.open(names.slug)
  await expect(person.team.row(names.at('second'))).toContainText('Suspended')
})
