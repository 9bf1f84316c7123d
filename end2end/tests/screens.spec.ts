// Pictures of every page, light and dark, wide and narrow, into target/screens: for people to look at.

import { CARDS } from '../pages/checkout.ts'
import { picture } from '../support/picture.ts'
import { joined, paid } from '../support/scenes.ts'
import { expect, PASSWORD, test } from '../support/test.ts'

test('pictures of every page', async ({ person, someone, names }) => {
  for (const [name, path] of [
    ['01-landing', '/'],
    ['02-pricing', '/pricing'],
    ['03-signup', '/signup'],
    ['04-login', '/login'],
    ['05-not-found', '/no/such/page'],
  ] as const) {
    await person.open(path)
    await picture(person, name)
  }
  await person.entrance.signUp(names.at('owner'), PASSWORD)
  await picture(person, '06-no-company')
  await person.companies.create(names.company, names.slug)
  for (const [name, part] of [
    ['07-dashboard-new', ''],
    ['08-billing-yearly', '/billing'],
    ['09-billing-monthly', '/billing?interval=month'],
    ['10-team-free', '/team'],
    ['11-settings', '/settings'],
    ['11-domains', '/settings/domains'],
  ] as const) {
    await person.open(`/app/${names.slug}${part}`)
    await picture(person, name)
  }
  await person.billing.open(names.slug)
  await person.billing.choose('all_access', 'All Access', 1)
  await picture(person, '12-payment')
  await person.checkout.pay(CARDS.declined)
  await expect(person.page.getByText(/declined/i).first()).toBeVisible()
  await picture(person, '13-payment-declined')
  await person.checkout.pay(CARDS.secure)
  await expect(person.page).toHaveURL(/_3ds/)
  await picture(person, '14-bank')
  await person.checkout.answerBank('Fail')
  await person.checkout.back()
  await picture(person, '15-billing-cancelled')
  await person.billing.choose('all_access', 'All Access', 1)
  await person.checkout.pay(CARDS.good)
  await person.billing.expectActive('$4,999.00')
  await picture(person, '16-billing-active')
  await person.team.open(names.slug)
  await picture(person, '17-team-one')
  await person.team.address().fill('someone@other.test')
  await person.team.address().blur()
  await picture(person, '18-team-refused')
  await person.team.invite(names.at('second'))
  await picture(person, '19-team-invited')
  const second = await someone()
  await second.invitation.open(await person.mailbox.linkFor(names.at('second')), names.company)
  await picture(second, '20-invitation')
  await picture(person, '21-mailbox')
  await second.invitation.joinAsNew(PASSWORD, names.slug)
  await second.team.open(names.slug)
  await picture(second, '22-team-as-member')
  await second.billing.open(names.slug)
  await picture(second, '23-billing-as-member')
  await person.team.open(names.slug)
  await person.team.invite(names.at('third'))
  await person.team.open(names.slug)
  await picture(person, '24-team-full')
  await person.open(`/app/${names.slug}`)
  await picture(person, '25-dashboard-full')
  await person.companies.open()
  await picture(person, '26-companies')
})

test('pictures of the pages about people', async ({ person, someone, names, later }) => {
  await paid(person, names)
  const second = await someone()
  await joined(person, second, names, names.at('second'))
  await later(20 * 24)
  await person.reclaim.open(names.slug, '?days=14')
  await picture(person, '39-reclaim')
  await later(0)
  await person.team.open(names.slug)
  await picture(person, '30-team-free-seat')
  await person.team.about(names.at('second'), `Suspend ${names.at('second')}`)
  await picture(person, '31-team-managed')
  await person.team.suspend(names.at('second'), { reason: 'Parental leave', until: '2099-12-31' })
  await picture(person, '32-team-suspended')
  await person.team.open(names.slug)
  await person.team.invite(names.at('third'))
  await person.team.about(names.at('third'), 'Cancel invitation')
  await picture(person, '33-team-invited')
  await person.several.open(names.slug)
  await person.several.email(1).fill(names.at('same'))
  await person.several.email(2).fill('someone@other.test')
  await person.several.email(3).fill(names.at('same'))
  await picture(person, '34-several')
  await person.several.open(names.slug, 'csv')
  await person.several.lines().fill(`email,role\n${names.at('one')},member\nnot an address\n${names.at('two')},owner\n`)
  await person.several.send()
  await expect(person.several.report()).toBeVisible()
  await picture(person, '35-several-told')
  await person.invitations.open(names.slug)
  await person.invitations.cancel(names.at('third'), 'The wrong Sam')
  await expect(person.invitations.state(names.at('third'))).toContainText('Cancelled')
  await person.invitations.newLink(names.at('one'))
  await picture(person, '36-invitations')
  await person.requests.open(names.slug)
  for (const name of ['fourth', 'fifth']) {
    await person.requests.ask(names.at(name), 'The new shop in town opens on Monday')
    await person.requests.approve(names.at(name)).click()
    await expect(person.requests.approve(names.at(name))).toHaveCount(0)
  }
  await person.requests.ask(names.at('sixth'))
  await picture(person, '38-requests')
  await person.team.open(names.slug)
  await picture(person, '37-team-full')
  await second.open(`/app/${names.slug}`)
  await picture(second, '40-suspended')
  const newcomer = await someone()
  await newcomer.entrance.signUp(names.at('newcomer'), PASSWORD)
  await picture(newcomer, '41-newcomer')
})
