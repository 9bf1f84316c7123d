// A plan that begins with a trial.

import { join } from 'node:path'

import { CARDS } from '../pages/checkout.ts'
import { founded } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

test.use({ catalog: join(import.meta.dirname, '..', 'support', 'trial.toml') })

test('a trial costs nothing, says when it ends, and can be ended by paying', async ({ person, names, sandbox }) => {
  await founded(person, names)
  await person.billing.open(names.slug)
  await person.billing.choose('studio', 'Studio', 2)
  await person.checkout.pay(CARDS.good)
  await expect(person.page).toHaveURL(/\/billing/, { timeout: 20_000 })
  await person.settled()
  await expect(person.page.getByText('Trial', { exact: true }).first()).toBeVisible({ timeout: 20_000 })
  await expect(person.page.getByText(/Trial: 1[34] days left/)).toBeVisible()
  expect((await sandbox.planOf(names.at('owner'))).status).toBe('trialing')
  const charged = async (): Promise<number> =>
    (await sandbox.invoicesOf(names.at('owner'))).reduce((sum, invoice) => sum + invoice.amount_paid, 0)
  expect(await charged()).toBe(0)
  await person.page.getByText('End the trial now').click()
  await person.page.getByRole('button', { name: /^Pay .* and begin now$/ }).click()
  await expect(person.page.getByText('Active', { exact: true }).first()).toBeVisible({ timeout: 20_000 })
  await expect.poll(charged).toBe(2_400)
})
