// axe on every page, light and dark; the main form by keyboard alone.

import { AxeBuilder } from '@axe-core/playwright'

import { CARDS } from '../pages/checkout.ts'
import type { Person } from '../support/person.ts'
import { bought, founded, joined, paid } from '../support/scenes.ts'
import { expect, PASSWORD, test } from '../support/test.ts'

/** What axe finds, and on which pages: one finding of the frame is one line, not one for every page. */
class Findings {
  private readonly found = new Map<string, string[]>()

  async look(person: Person, page: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await person.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const { violations } = await new AxeBuilder({ page: person.page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze()
      for (const violation of violations) {
        for (const node of violation.nodes) {
          const finding = `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`
          this.found.set(finding, [...(this.found.get(finding) ?? []), `${page} (${colorScheme})`])
        }
      }
    }
  }

  expectNone(): void {
    expect(Object.fromEntries(this.found)).toEqual({})
  }
}

// Each of these walks through a dozen pages and more, in two themes; a busy machine takes its time.
test.describe.configure({ timeout: 180_000 })

test('axe finds nothing on the public pages', async ({ person }) => {
  const findings = new Findings()
  for (const path of ['/', '/pricing', '/signup', '/signup/sent', '/login', '/forgot', '/reset/not-a-token', '/no/such/page', '/invitations/not-a-token']) {
    await person.open(path)
    await findings.look(person, path)
  }
  findings.expectNone()
})

test('axe finds nothing on the pages of a new company', async ({ person, names }) => {
  const findings = new Findings()
  await person.entrance.signUp(names.at('owner'), PASSWORD)
  await findings.look(person, 'no company yet')
  await person.companies.create(names.company, names.slug)
  for (const part of ['', '/billing', '/billing?interval=month', '/billing?checkout=cancelled', '/team', '/settings', '/settings/domains', '/settings/audit']) {
    await person.open(`/app/${names.slug}${part}`)
    await findings.look(person, `/app/…${part}`)
  }
  for (const path of ['/app', '/account', '/account/sessions']) {
    await person.open(path)
    await findings.look(person, path)
  }
  findings.expectNone()
})

test('axe finds nothing on the pages of a full company', async ({ person, someone, names }) => {
  const findings = new Findings()
  await paid(person, names)
  await findings.look(person, 'just paid')
  await joined(person, await someone(), names, names.at('second'))
  await person.team.open(names.slug)
  await person.team.address().fill('someone@other.test')
  await person.team.address().blur()
  await findings.look(person, 'a refused address')
  await person.team.invite(names.at('third'))
  await findings.look(person, 'just invited')
  const third = await someone()
  await third.open(await person.mailbox.linkFor(names.at('third')))
  await findings.look(third, 'an invitation')
  await findings.look(person, 'the mailbox')
  for (const part of ['', '/billing', '/team']) {
    await person.open(`/app/${names.slug}${part}`)
    await findings.look(person, `full: /app/…${part}`)
  }
  findings.expectNone()
})

test('axe finds nothing on the pages about people', async ({ person, someone, names }) => {
  const findings = new Findings()
  await paid(person, names)
  const second = await someone()
  await joined(person, second, names, names.at('second'))
  await person.team.open(names.slug)
  for (const deed of ['Change role', 'Suspend', 'Remove']) await person.team.about(names.at('second'), deed)
  await findings.look(person, 'a member managed')
  await person.team.suspend(names.at('second'), { reason: 'A rest' })
  await findings.look(person, 'a member suspended')
  await person.several.open(names.slug)
  await person.several.email(1).fill('someone@other.test')
  await person.several.email(2).fill(names.at('third'))
  await findings.look(person, 'several rows')
  await person.several.open(names.slug, 'csv')
  await person.several.lines().fill(`${names.at('third')}\nnobody`)
  await person.several.send()
  await expect(person.several.report()).toBeVisible()
  await findings.look(person, 'several told')
  await person.invitations.open(names.slug)
  for (const deed of ['Change role', 'Cancel invitation']) await person.invitations.about(names.at('third'), deed)
  await findings.look(person, 'an invitation managed')
  await person.requests.open(names.slug)
  await person.requests.ask(names.at('fourth'), 'For the new shop')
  await person.requests.request(names.at('fourth')).locator('summary').click()
  await findings.look(person, 'a request')
  await person.reclaim.open(names.slug)
  await findings.look(person, 'seats to free')
  findings.expectNone()
})

test('axe finds nothing on the pages about money', async ({ person, names, sandbox }) => {
  test.slow()
  const findings = new Findings()
  await bought(person, names, 'enterprise', 'Enterprise', 'Monthly', CARDS.secure)
  for (const part of [
    '/billing',
    '/billing/change',
    '/billing/change?plan=premium&interval=month&seats=2',
    '/billing/change?plan=team&interval=month',
    '/billing/change?plan=no_such&interval=month',
    '/billing/later?plan=team&interval=month',
    '/billing/cancel',
    '/billing/invoices',
    '/billing/invoices?status=void',
    '/billing/details',
  ]) {
    await person.open(`/app/${names.slug}${part}`)
    await findings.look(person, part)
  }
  await person.invoices.openDetails(names.slug)
  await person.invoices.addContact(names.at('books'))
  await findings.look(person, 'a billing contact')
  await person.change.open(names.slug)
  await person.change.ask({ interval: 'yearly' })
  await person.change.confirm()
  await findings.look(person, 'a change that waits')
  await person.billing.open(names.slug)
  await findings.look(person, 'billing that waits')
  await person.course.portal()
  await findings.look(person, 'the portal')
  await sandbox.nextRenewal(names.at('owner'))
  await sandbox.pass('hour')
  await expect(async () => {
    await person.billing.open(names.slug)
    await expect(person.page.getByText('Past due', { exact: true }).first()).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: 20_000 })
  await findings.look(person, 'a late payment')
  await person.course.banner().getByRole('link').first().click()
  await findings.look(person, 'an invoice to pay')
  findings.expectNone()
})

test('axe finds nothing on the payment page', async ({ person, names }) => {
  const findings = new Findings()
  await founded(person, names)
  await person.billing.open(names.slug)
  await person.billing.choose('all_access', 'All Access', 1)
  await findings.look(person, 'payment')
  findings.expectNone()
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
  await expect(page).toHaveURL(/\/signup\/sent/)
})

test('somebody is invited by keyboard alone', async ({ person, names }) => {
  await paid(person, names)
  await person.team.open(names.slug)
  await person.team.address().focus()
  await person.page.keyboard.type(names.at('second'))
  await person.page.keyboard.press('Enter')
  await expect(person.team.row(names.at('second'))).toBeVisible()
})
