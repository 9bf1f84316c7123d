// The path of a company: from signing up to its last seat. The same with a mouse, on a phone and without scripts.

import { CARDS } from '../pages/checkout.ts'
import { expect, PASSWORD, test } from '../support/test.ts'

test('a company signs up, pays, and fills its three seats', async ({ person: owner, someone, names, sandbox }) => {
  test.slow()
  const email = { owner: names.at('owner'), second: names.at('second'), third: names.at('third') }

  await test.step('sign up and create the company', async () => {
    await owner.entrance.signUp(email.owner, PASSWORD)
    await owner.companies.create(names.company, names.slug)
  })

  await test.step('compare the plans by month and by year', async () => {
    await owner.billing.open(names.slug)
    await expect(owner.billing.card('team')).toContainText('$950')
    await owner.billing.showPrices('Monthly')
    await expect(owner.billing.card('team')).toContainText('$99')
    await owner.billing.showPrices('Yearly')
    await expect(owner.billing.card('all_access')).toContainText('$4,999')
  })

  await test.step('buy All Access with one seat', async () => {
    await owner.billing.choose('all_access', 'All Access', 1)
    await owner.checkout.pay(CARDS.good)
    await owner.billing.expectActive('$4,999.00')
    expect(await sandbox.seatsOf(email.owner)).toBe(1)
  })

  await test.step('invite the second', async () => {
    await owner.team.open(names.slug)
    await owner.team.expectSeats('1 of 3 seats used')
    await owner.team.invite(email.second)
    await owner.team.expectSeats('1 of 3 seats used, 1 invitation pending')
  })

  const link = await test.step('a link stands on the page, and the letter has one of its own', async () => {
    const shown = owner.scripts ? await owner.team.link().inputValue() : undefined
    const mailed = await owner.mailbox.linkFor(email.second)
    // Whoever comes by the letter's has shown that the address is theirs; by the other one, they have not.
    expect(mailed).not.toBe(shown)
    return mailed
  })

  const second = await someone()
  await test.step('the second joins with a new account', async () => {
    await second.invitation.open(link, names.company)
    await second.invitation.joinAsNew(PASSWORD, names.slug)
    await second.team.open(names.slug)
    await second.team.expectSeats('2 of 3 seats used')
    await expect.poll(() => sandbox.seatsOf(email.owner)).toBe(2)
  })

  await test.step('somebody from elsewhere is refused with the reason', async () => {
    await owner.team.open(names.slug)
    await owner.team.address().fill('someone@other.test')
    // With scripts the reason is there before anything is sent.
    if (!owner.scripts) await owner.team.send().click()
    await expect(owner.page.getByText(new RegExp(`${names.slug}\\.test`)).and(owner.page.getByText(/other\.test/)).first()).toBeVisible()
    await owner.team.open(names.slug)
    await owner.team.expectSeats('2 of 3 seats used')
    await expect(owner.team.row('someone@other.test')).toHaveCount(0)
  })

  await test.step('the third takes the last seat', async () => {
    await owner.team.invite(email.third)
    const third = await someone()
    await third.invitation.open(await owner.mailbox.linkFor(email.third), names.company)
    await third.invitation.joinAsNew(PASSWORD, names.slug)
    await expect.poll(() => sandbox.seatsOf(email.owner)).toBe(3)
  })

  await test.step('the house is full, and says what can be done', async () => {
    await owner.team.open(names.slug)
    await owner.team.expectSeats('3 of 3 seats used')
    await expect(owner.team.full(3)).toBeVisible()
    await expect(owner.page.getByRole('region', { name: 'Inviting' }).getByRole('link', { name: 'Free a seat' })).toBeVisible()
    await expect(owner.team.address()).toHaveCount(0)
  })
})
