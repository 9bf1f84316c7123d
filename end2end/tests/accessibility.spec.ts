// axe on every page, light and dark; the main form by keyboard alone.

import { AxeBuilder } from '@axe-core/playwright'

import type { Person } from '../support/person.ts'
import { founded, joined, paid } from '../support/scenes.ts'
import { expect, PASSWORD, test } from '../support/test.ts'

async function expectNoFinding(person: Person, what: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await person.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page: person.page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze()
    const findings = violations.flatMap((violation) =>
      violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
    )
    expect.soft(findings, `${what}, ${colorScheme}`).toEqual([])
  }
}

test('axe finds nothing on the public pages', async ({ person }) => {
  for (const path of ['/', '/pricing', '/signup', '/login', '/no/such/page', '/invitations/not-a-token']) {
    await person.open(path)
    await expectNoFinding(person, path)
  }
})

test('axe finds nothing on the pages of a new company', async ({ person, names }) => {
  await person.entrance.signUp(names.at('owner'), PASSWORD)
  await expectNoFinding(person, 'no company yet')
  await person.companies.create(names.company, names.slug)
  for (const part of ['', '/billing', '/billing?interval=month', '/billing?checkout=cancelled', '/team', '/settings']) {
    await person.open(`/app/${names.slug}${part}`)
    await expectNoFinding(person, `/app/…${part}`)
  }
  await person.open('/app')
  await expectNoFinding(person, '/app')
})

test('axe finds nothing on the pages of a full company', async ({ person, someone, names }) => {
  await paid(person, names)
  await expectNoFinding(person, 'just paid')
  await joined(person, await someone(), names, names.at('second'))
  await person.team.open(names.slug)
  await person.team.address().fill('someone@other.test')
  await person.team.address().blur()
  await expectNoFinding(person, 'a refused address')
  await person.team.invite(names.at('third'))
  await expectNoFinding(person, 'just invited')
  const third = await someone()
  await third.open(await person.mailbox.linkFor(names.at('third')))
  await expectNoFinding(third, 'an invitation')
  await expectNoFinding(person, 'the mailbox')
  for (const part of ['', '/billing', '/team']) {
    await person.open(`/app/${names.slug}${part}`)
    await expectNoFinding(person, `full: /app/…${part}`)
  }
})

test('axe finds nothing on the payment page', async ({ person, names }) => {
  await founded(person, names)
  await person.billing.open(names.slug)
  await person.billing.choose('all_access', 'All Access', 1)
  await expectNoFinding(person, 'payment')
})

test('an account is made by keyboard alone', async ({ person, names }) => {
  await person.open('/signup')
  const { page } = person
  const field = page.getByLabel('Work e-mail')
  for (let step = 0; step < 25 && !(await field.evaluate((input) => input === document.activeElement)); step++) {
    await page.keyboard.press('Tab')
  }
  await expect(field).toBeFocused()
  await page.keyboard.type(names.at('owner'))
  await page.keyboard.press('Tab')
  await expect(page.getByLabel('Password')).toBeFocused()
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/app$/)
})

test('somebody is invited by keyboard alone', async ({ person, names }) => {
  await paid(person, names)
  await person.team.open(names.slug)
  await person.team.address().focus()
  await person.page.keyboard.type(names.at('second'))
  await person.page.keyboard.press('Enter')
  await expect(person.team.row(names.at('second'))).toBeVisible()
})
