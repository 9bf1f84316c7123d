// The life of a company's people: they come, one does not, one rests, and the founder hands over and goes.

import { roomy } from '../support/scenes.ts'
import { expect, PASSWORD, test } from '../support/test.ts'

test('people come, rest, come back, and the founder hands over and leaves', async ({ person: owner, someone, names, usher, sandbox }) => {
  test.slow()
  const email = { owner: names.at('owner'), second: names.at('second'), third: names.at('third'), fourth: names.at('fourth') }

  await test.step('sign up, prove the address, create the company, take a plan with room', async () => {
    await roomy(owner, names)
  })

  await test.step('invite three at once', async () => {
    await owner.several.open(names.slug)
    for (const [row, who] of [email.second, email.third, email.fourth].entries()) await owner.several.email(row + 1).fill(who)
    await owner.several.send()
    await expect(owner.several.report()).toContainText('All are invited')
  })

  const [second, third] = [await someone(), await someone()]
  await test.step('two accept', async () => {
    for (const [who, address] of [[second, email.second], [third, email.third]] as const) {
      await who.invitation.open(await owner.mailbox.linkFor(address), names.company)
      await who.invitation.joinAsNew(PASSWORD, names.slug)
    }
    await owner.team.open(names.slug)
    await owner.team.expectSeats('3 seats used, 1 invitation pending')
    await expect.poll(() => sandbox.seatsOf(email.owner)).toBe(3)
  })

  try {
    await test.step('a week later the third invitation has expired, and its seat is free', async () => {
      await usher.laterBy(8 * 24)
      await expect(async () => {
        await owner.invitations.open(names.slug)
        await expect(owner.invitations.state(email.fourth)).toContainText('Expired', { timeout: 500 })
      }).toPass({ timeout: 15_000 })
      await owner.team.open(names.slug)
      await owner.team.expectSeats('3 seats used')
      await expect(owner.team.row(email.fourth)).toHaveCount(0)
    })

    await test.step('the second is suspended, is told why, and the seat is free for another one', async () => {
      await owner.team.suspend(email.second, { reason: 'On leave until spring' })
      await owner.team.expectSeats('2 seats used')
      await second.page.goto(`/app/${names.slug}`)
      await expect(second.page.getByText('On leave until spring')).toBeVisible()
      await expect(second.page.getByText(email.owner)).toBeVisible()
      // Paid for until the period ends, and only then one fewer.
      expect(await sandbox.seatsOf(email.owner)).toBe(3)
    })

    await test.step('the second comes back', async () => {
      await owner.team.open(names.slug)
      await owner.team.reactivate(email.second)
      await owner.team.expectSeats('3 seats used')
      await second.team.open(names.slug)
      await expect.poll(() => sandbox.seatsOf(email.owner)).toBe(3)
    })

    await test.step('the founder hands over', async () => {
      await owner.open(`/app/${names.slug}/settings`)
      const { page } = owner
      await page.locator('summary', { hasText: `Hand ${names.company} over` }).click()
      await page.getByLabel('New owner').selectOption(email.second)
      await page.getByLabel('Your password').and(page.locator('#hand-over-password')).fill(PASSWORD)
      await page.getByRole('button', { name: `Hand ${names.company} over now` }).click()
      await expect(page).toHaveURL(new RegExp(`/app/${names.slug}/team`))
      await owner.team.open(names.slug)
      await expect(owner.team.row(email.second)).toContainText('Owner')
      await expect(owner.team.row(email.owner)).toContainText('Admin')
    })

    await test.step('and leaves', async () => {
      await owner.team.leave(names.company, email.owner)
      await expect(owner.page).toHaveURL(/\/app$/)
      await owner.page.goto(`/app/${names.slug}`)
      await expect(owner.page.getByRole('heading', { name: 'There is nothing here.' })).toBeVisible()
      await second.team.open(names.slug)
      await second.team.expectSeats('2 seats used')
      await expect(second.team.row(email.owner)).toHaveCount(0)
    })

    await test.step('all of it stands in the audit log', async () => {
      await second.open(`/app/${names.slug}/settings/audit`)
      await expect(second.page.getByRole('heading', { name: 'Audit log', level: 1 })).toBeVisible()
      await expect(second.page.getByRole('row').filter({ hasText: email.owner }).first()).toBeVisible()
    })
  } finally {
    // Other tests of this Usher live in the present.
    await usher.laterBy(0)
  }
})
