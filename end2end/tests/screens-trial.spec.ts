// Pictures of a plan in its trial.

import { join } from 'node:path'

import { CARDS } from '../pages/checkout.ts'
import { picture } from '../support/picture.ts'
import { founded } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

test.use({ catalog: join(import.meta.dirname, '..', 'support', 'trial.toml') })

test('pictures of a trial', async ({ person, names }) => {
  await founded(person, names)
  await person.billing.open(names.slug)
  await person.billing.choose('studio', 'Studio', 2)
  await picture(person, '71-payment-trial')
  await person.checkout.pay(CARDS.good)
  await expect(person.page).toHaveURL(/\/billing/, { timeout: 20_000 })
  await expect(person.page.getByText('Trial', { exact: true }).first()).toBeVisible({ timeout: 20_000 })
  await person.billing.open(names.slug)
  await picture(person, '72-billing-trial')
})
