// Seats: who may have one, and how one becomes free again.

import { founded, joined, paid } from '../support/scenes.ts'
import { expect, PASSWORD, test } from '../support/test.ts'

test('a colleague from elsewhere is refused before anything is sent', async ({ person, names }) => {
  await paid(person, names)
  await person.team.open(names.slug)
  const sent: string[] = []
  person.page.on('request', (request) => {
    if (request.url().includes('/api/invite')) sent.push(request.url())
  })
  for (const address of ['someone@other.test', `owner@${names.slug}.test.evil.example`, 'nobody', `a@sub.${names.slug}.test`]) {
    await person.team.address().fill(address)
    await person.team.address().blur()
    await expect(person.team.address()).toHaveAttribute('aria-invalid', 'true')
    await expect(person.team.address()).toHaveAccessibleDescription(/\S/)
  }
  expect(sent).toEqual([])
  await person.team.address().fill(`Second@${names.slug.toUpperCase()}.TEST`)
  await person.team.send().click()
  await expect(person.team.row(names.at('second'))).toBeVisible()
})

test('the same person is not invited twice', async ({ person, names }) => {
  await paid(person, names)
  await person.team.open(names.slug)
  await person.team.invite(names.at('second'))
  await person.team.address().fill(names.at('second'))
  await person.team.send().click()
  await expect(person.page.getByText(/already/i).first()).toBeVisible()
  await person.team.open(names.slug)
  await person.team.expectSeats('1 of 3 seats used, 1 invitation pending')
})

test('a cancelled invitation frees its seat and its link says so', async ({ person, someone, names }) => {
  await paid(person, names)
  await person.team.open(names.slug)
  await person.team.invite(names.at('second'))
  const link = await person.mailbox.linkFor(names.at('second'))
  await person.team.open(names.slug)
  await person.page.getByRole('button', { name: `Cancel invitation for ${names.at('second')}` }).click()
  await expect(person.team.row(names.at('second'))).toHaveCount(0)
  await person.team.open(names.slug)
  await expect(person.page.getByText('invitation pending')).toHaveCount(0)
  const second = await someone()
  await second.open(link)
  await expect(second.page.getByText(/taken back/i).first()).toBeVisible()
  await expect(second.page.getByRole('button', { name: 'Create account and join' })).toHaveCount(0)
})

test('a removed member is out at once, and the seat is no longer billed', async ({ person, someone, names, sandbox }) => {
  await paid(person, names)
  const second = await someone()
  await joined(person, second, names, names.at('second'))
  await expect.poll(() => sandbox.seatsOf(names.at('owner'))).toBe(2)
  await person.team.open(names.slug)
  await person.page.getByRole('button', { name: `Remove ${names.at('second')}` }).click()
  await expect(person.team.row(names.at('second'))).toHaveCount(0)
  await expect.poll(() => sandbox.seatsOf(names.at('owner'))).toBe(1)
  const answer = await second.page.goto(`/app/${names.slug}/team`)
  expect(answer?.status()).toBe(404)
})

test('a stranger and a company that does not exist look the same', async ({ person, someone, names }) => {
  await founded(person, names)
  const stranger = await someone()
  await stranger.entrance.signUp('stranger@elsewhere.test', PASSWORD)
  const theirs = await stranger.page.goto(`/app/${names.slug}/team`)
  const theirText = (await stranger.page.locator('main').innerText()).replaceAll(names.slug, '…')
  const none = await stranger.page.goto('/app/nobody-here/team')
  const noneText = (await stranger.page.locator('main').innerText()).replaceAll('nobody-here', '…')
  expect(theirs?.status()).toBe(404)
  expect(none?.status()).toBe(404)
  expect(theirText).toBe(noneText)
})

test('an invitation is for one person only', async ({ person, someone, names }) => {
  await paid(person, names)
  await person.team.open(names.slug)
  await person.team.invite(names.at('second'))
  const link = await person.mailbox.linkFor(names.at('second'))
  const other = await someone()
  await other.entrance.signUp(names.at('other'), PASSWORD)
  await other.open(link)
  await expect(other.page.getByText(names.at('second')).first()).toBeVisible()
  await expect(other.page.getByRole('button', { name: /^Join/ })).toHaveCount(0)
})

test('somebody with an account joins with it', async ({ person, someone, names }) => {
  await paid(person, names)
  const second = await someone()
  await second.entrance.signUp(names.at('second'), PASSWORD)
  await person.team.open(names.slug)
  await person.team.invite(names.at('second'))
  await second.invitation.open(await person.mailbox.linkFor(names.at('second')), names.company)
  await second.page.getByRole('button', { name: `Join ${names.company}` }).click()
  await expect(second.page).toHaveURL(new RegExp(`/app/${names.slug}`))
})

test('a member sees the team and is not offered what they may not do', async ({ person, someone, names }) => {
  await paid(person, names)
  const second = await someone()
  await joined(person, second, names, names.at('second'))
  await second.team.open(names.slug)
  await expect(second.team.address()).toHaveCount(0)
  await expect(second.page.getByRole('button', { name: /^Remove/ })).toHaveCount(0)
  await second.billing.open(names.slug)
  await expect(second.page.getByRole('button', { name: /^Choose/, disabled: false })).toHaveCount(0)
})
