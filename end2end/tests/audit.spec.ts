// The audit log: what was done is there to read, to look through, and to take away.

import { founded, joined } from '../support/scenes.ts'
import { CARDS } from '../pages/checkout.ts'
import { expect, test } from '../support/test.ts'

test('who did what is there to read and to look through', async ({ person, someone, names }) => {
  await founded(person, names)
  const second = await someone()
  await joined(person, second, names, names.at('second'))
  await person.audit.open(names.slug)
  await expect(person.audit.lines()).toHaveCount(3)
  await expect(person.audit.lines().first()).toContainText('Joined')
  await expect(person.audit.lines().nth(1)).toContainText('Invited somebody')
  await expect(person.audit.lines().nth(1)).toContainText(`email: ${names.at('second')}`)
  await expect(person.audit.lines().last()).toContainText('Created the company')

  await person.audit.show({ who: 'owner@', action: 'member' })
  await expect(person.audit.lines()).toHaveCount(1)
  await expect(person.page.getByLabel('Who')).toHaveValue('owner@')
  await person.audit.show({ about: 'nobody of that name' })
  await expect(person.page.getByText('No such line')).toBeVisible()
  await person.page.getByRole('link', { name: 'Show everything' }).first().click()
  await expect(person.audit.lines()).toHaveCount(3)

  await person.audit.lines().first().getByText('Details').click()
  await expect(person.audit.lines().first()).toContainText('member.joined')
  await person.page.getByText('Prove later that nothing was changed').click()
  await expect(person.page.getByText(/^3:[0-9a-f]{64}$/)).toBeVisible()

  // A member has no audit log.
  await second.open(`/app/${names.slug}/settings/audit`)
  await expect(second.page.getByText('Owners and admins can read the audit log')).toBeVisible()
})

test('a plan with the export lets the log be taken away as a file', async ({ person, names }) => {
  await founded(person, names)
  await person.audit.open(names.slug)
  await expect(person.page.getByText('With Enterprise it can be taken away as a file.')).toBeVisible()
  await expect(person.page.getByRole('link', { name: 'Download CSV' })).toHaveCount(0)
  await person.billing.open(names.slug)
  await person.billing.choose('enterprise', 'Enterprise')
  await person.checkout.pay(CARDS.good)
  await expect(person.page.getByText('Active', { exact: true }).first()).toBeVisible()
  await person.audit.open(names.slug)
  const table = await person.audit.take('Download CSV')
  expect(table.split('\r\n')[0]).toBe('number,at,actor,who,action,entity,before,after,ip,user_agent,id,hash')
  expect(table).toContain('organization.created')
  await person.audit.show({ action: 'organization' })
  const lines = JSON.parse(await person.audit.take('Download JSON'))
  expect(lines.map((line: { action: string }) => line.action)).toEqual(['organization.created'])
})
