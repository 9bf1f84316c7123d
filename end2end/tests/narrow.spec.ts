// Nothing sticks out at 390 pixels, and everything can be reached with a thumb.

import type { Person } from '../support/person.ts'
import { joined, paid } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

/** The pages about money. */
const BILLING = [
  '/billing',
  '/billing?interval=month',
  '/billing/change',
  '/billing/change?plan=all_access&interval=year&seats=3',
  '/billing/change?plan=team&interval=month',
  '/billing/later?plan=team&interval=year',
  '/billing/cancel',
  '/billing/invoices',
  '/billing/details',
]

async function expectNoSideways(person: Person, what: string): Promise<void> {
  const wide = await person.page.evaluate(() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return []
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .slice(0, 5)
      .map((element) => `${element.tagName.toLowerCase()}.${element.className} to ${element.getBoundingClientRect().right}`)
  })
  expect.soft(wide, what).toEqual([])
}

test('no page scrolls sideways at 390 pixels', async ({ person, someone, names }) => {
  await person.page.setViewportSize({ width: 390, height: 844 })
  for (const path of ['/', '/pricing', '/signup', '/login', '/no/such/page']) {
    await person.open(path)
    await expectNoSideways(person, path)
  }
  await paid(person, names)
  await expectNoSideways(person, 'just paid')
  await joined(person, await someone(), names, names.at('second'))
  await expectNoSideways(person, 'the mailbox')
  await person.team.open(names.slug)
  await person.team.invite(names.at('a-colleague-with-quite-a-long-name'))
  for (const part of ['', ...BILLING, '/team', '/team/invite', '/team/invite?by=csv', '/team/invitations', '/team/requests', '/team/reclaim', '/settings', '/settings/domains', '/settings/audit']) {
    await person.open(`/app/${names.slug}${part}`)
    await expectNoSideways(person, `/app/…${part}`)
  }
})

test('the navigation is reachable on a phone', async ({ person, names }) => {
  await person.page.setViewportSize({ width: 390, height: 844 })
  await paid(person, names)
  for (const name of ['Team', 'Billing', 'Settings', 'Dashboard']) {
    await person.page.getByRole('navigation').getByRole('link', { name, exact: true }).filter({ visible: true }).first().click()
    await expect(person.page).toHaveURL(new RegExp(name === 'Dashboard' ? `/app/${names.slug}$` : `/${name.toLowerCase()}$`))
  }
})
