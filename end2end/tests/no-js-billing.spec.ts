// A plan is changed and ended in a browser that runs no scripts.

import { bought, paid } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

test('an upgrade is chosen, priced and paid with plain forms', async ({ person, names, sandbox }) => {
  await bought(person, names, 'team', 'Team', 'Monthly')
  await person.change.open(names.slug)
  await person.change.ask({ plan: 'Enterprise' })
  const due = await person.change.due()
  await person.change.confirm()
  await person.change.expectDone('You have Enterprise now.')
  expect((await sandbox.invoicesOf(names.at('owner')))[0]).toMatchObject({ status: 'paid', total: due })
})

test('a plan is ended and resumed with plain forms', async ({ person, names, sandbox }) => {
  await paid(person, names)
  await person.course.leave(names.slug)
  await person.course.end('All Access')
  await expect(person.course.banner()).toContainText('You keep all features until then.')
  expect((await sandbox.planOf(names.at('owner'))).cancel_at).not.toBeNull()
  await person.course.resume()
  expect((await sandbox.planOf(names.at('owner'))).cancel_at).toBeNull()
})
