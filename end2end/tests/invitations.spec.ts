// Invitations: several at once, the list of all, and what becomes of one.

import { joined, paid, roomy } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

test('a file of fifty people with seven bad lines names exactly those seven', async ({ person, names }) => {
  await roomy(person, names)
  const bad = new Map([
    [4, 'someone@other.test'],
    [9, 'not an address'],
    [17, `boss@${names.slug}.test.evil.example`],
    [23, 'a member, but without an address'],
    [31, names.at('owner')],
    [38, '@'],
    [44, `a@sub.${names.slug}.test`],
  ])
  const lines = ['email,role']
  for (let line = 2; line <= 51; line++) lines.push(`${bad.get(line) ?? names.at(`person-${line}`)},member`)
  await person.several.open(names.slug, 'csv')
  await person.several.lines().fill(lines.join('\n'))
  await person.several.send()
  expect(await person.several.refused()).toEqual([4, 9, 17, 23, 31, 38, 44])
  await expect(person.several.report()).toContainText('43 invited')
  await person.several.send()
  await expect(person.several.report()).toContainText('43 invited before, left alone')
  await person.team.open(names.slug)
  await person.team.expectSeats('1 seat used, 43 invitations pending')
})

test('a file is read into the form', async ({ person, names }) => {
  await roomy(person, names)
  await person.several.open(names.slug, 'csv')
  const text = `email;role\r\n${names.at('one')};viewer\r\n`
  await person.page.getByLabel('File', { exact: true }).setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  await expect(person.several.lines()).toHaveValue(/one@/)
  await person.several.send()
  await expect(person.several.report()).toContainText('All are invited')
  await person.team.open(names.slug)
  await expect(person.team.row(names.at('one'))).toContainText('Viewer')
})

test('the template for a list of people can be had', async ({ person, usher }) => {
  const answer = await person.page.request.get(`${usher.url}/invite-template.csv`)
  expect(answer.headers()['content-type']).toContain('text/csv')
  expect((await answer.text()).split('\n')[0]).toBe('email,role')
})

test('the same address in two rows is marked in both, before anything is sent', async ({ person, names }) => {
  await roomy(person, names)
  await person.several.open(names.slug)
  await person.several.email(1).fill(names.at('same'))
  await person.several.email(2).fill(names.at('other'))
  await person.several.email(3).fill(names.at('SAME'))
  await person.several.email(3).blur()
  await expect(person.several.email(1)).toHaveAttribute('aria-invalid', 'true')
  await expect(person.several.email(2)).not.toHaveAttribute('aria-invalid', 'true')
  await expect(person.several.email(3)).toHaveAttribute('aria-invalid', 'true')
  await person.several.send()
  await expect(person.several.report()).toHaveCount(0)
  await person.several.email(3).fill('')
  await person.page.getByRole('button', { name: 'Add more' }).click()
  await person.several.email(6).fill(names.at('sixth'))
  await person.several.send()
  await expect(person.several.report()).toContainText('All are invited')
  await expect(person.several.email(1)).toHaveValue('')
})

test('more rows than seats: those beyond are named, the others are invited', async ({ person, names }) => {
  await paid(person, names)
  await person.several.open(names.slug)
  for (const row of [1, 2, 3]) await person.several.email(row).fill(names.at(`guest-${row}`))
  await expect(person.page.getByText('there are 2 free seats')).toBeVisible()
  await person.several.send()
  expect(await person.several.refused()).toEqual([3])
  await person.team.open(names.slug)
  await person.team.expectSeats('1 of 3 seats used, 2 invitations pending')
})

test('an invitation is changed, sent by a second link, cancelled with a reason, and sent anew', async ({ person, someone, names }) => {
  await paid(person, names)
  await person.team.open(names.slug)
  await person.team.invite(names.at('second'))
  await person.invitations.open(names.slug)
  await person.invitations.changeRole(names.at('second'), 'Viewer')
  const link = await person.invitations.newLink(names.at('second'))
  const second = await someone()
  await second.invitation.open(link, names.company)
  await person.invitations.cancel(names.at('second'), 'The wrong Sam')
  await expect(person.invitations.state(names.at('second'))).toContainText('Cancelled')
  await expect(person.invitations.state(names.at('second'))).toContainText('The wrong Sam')
  await second.open(link)
  await expect(second.page.getByText(/taken back/i).first()).toBeVisible()
  await person.invitations.again(names.at('second'))
})

test('the list tells who joined', async ({ person, someone, names }) => {
  await paid(person, names)
  await joined(person, await someone(), names, names.at('second'))
  await person.invitations.open(names.slug)
  await expect(person.invitations.state(names.at('second'))).toContainText('Joined')
  await expect(person.invitations.row(names.at('second'))).toContainText(`by ${names.at('owner')}`)
})

test('what lasts too long expires, and is sent again', async ({ person, names, later }) => {
  await paid(person, names)
  await person.team.open(names.slug)
  await person.team.invite(names.at('second'))
  await later(8 * 24)
  await person.invitations.open(names.slug)
  await expect(async () => {
    await person.invitations.open(names.slug)
    await expect(person.invitations.state(names.at('second'))).toContainText('Expired', { timeout: 500 })
  }).toPass({ timeout: 15_000 })
  await person.team.open(names.slug)
  await person.team.expectSeats('1 of 3 seats used')
  await person.invitations.open(names.slug)
  await person.invitations.again(names.at('second'))
})
