// A company with two domains: proved by a record at a name server, and good for invitations from then on.

import { paid } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

test('a second domain counts once its record is found', async ({ person, names, usher }) => {
  await paid(person, names)
  const domain = `${names.slug}.example`
  await person.team.open(names.slug)
  await person.team.address().fill(`jane@${domain}`)
  await person.team.address().blur()
  await expect(person.page.getByText(`${domain} is not ${names.slug}.test`)).toBeVisible()

  await person.domains.open(names.slug)
  const record = await person.domains.add(domain)
  expect(record.name).toBe(`_usher.${domain}`)
  await person.domains.check(domain)
  await expect(person.domains.domain(domain)).toContainText(`No TXT record is at _usher.${domain}.`)

  usher.names.say(record.name, record.text)
  await expect(async () => {
    await person.domains.open(names.slug)
    await person.domains.check(domain)
    await expect(person.domains.domain(domain)).toContainText('Verified', { timeout: 1_000 })
  }).toPass()

  await person.team.open(names.slug)
  await person.team.invite(`jane@${domain}`)
  await expect(person.team.row(`jane@${domain}`)).toContainText('Invited')
})

test('subdomains count where they are opted in, and a removed domain counts no more', async ({ person, names, usher }) => {
  await paid(person, names)
  const domain = `${names.slug}.example`
  await person.domains.open(names.slug)
  await person.domains.countSubdomains(`${names.slug}.test`)
  const record = await person.domains.add(domain)
  usher.names.say(record.name, record.text)
  await person.domains.check(domain)
  await expect(person.domains.domain(domain)).toContainText('Verified')

  await person.team.open(names.slug)
  await person.team.invite(`jane@eu.${names.slug}.test`)
  await expect(person.team.row(`jane@eu.${names.slug}.test`)).toContainText('Invited')

  await person.domains.open(names.slug)
  await person.domains.remove(domain, names.company)
  await person.team.open(names.slug)
  await person.team.address().fill(`joe@${domain}`)
  await person.team.address().blur()
  await expect(person.page.getByText(`${domain} is not ${names.slug}.test`)).toBeVisible()
})

test('a domain that belongs to no company is refused at its field', async ({ person, names }) => {
  await person.entrance.signUp(names.at('owner'), 'three quiet velvet seats')
  await person.companies.create(names.company, names.slug)
  await person.domains.open(names.slug)
  for (const [typed, words] of [
    ['gmail.com', 'Anybody can get a mailbox at gmail.com'],
    ['co.uk', 'Anybody can register a name below co.uk'],
    ['jane@acme.example', 'This is not a domain name.'],
  ] as const) {
    await person.page.getByLabel('Domain', { exact: true }).fill(typed)
    await person.page.getByRole('button', { name: 'Add domain' }).click()
    await expect(person.page.getByText(words)).toBeVisible()
  }
})
