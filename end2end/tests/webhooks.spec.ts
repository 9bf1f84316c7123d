// Webhooks that come twice, or from nobody.

import { joined, paid } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

test('every webhook delivered again changes nothing', async ({ person, someone, names, sandbox, usher }) => {
  await paid(person, names)
  await joined(person, await someone(), names, names.at('second'))
  await expect.poll(() => sandbox.seatsOf(names.at('owner'))).toBe(2)
  await person.billing.open(names.slug)
  const before = await person.page.locator('main').innerText()
  const events = await sandbox.eventsOf(names.at('owner'))
  expect(events.map((event) => event.type)).toContain('checkout.session.completed')
  for (const event of [...events, ...events.toReversed()]) expect(await usher.deliver(event)).toBe(200)
  await person.billing.open(names.slug)
  expect(await person.page.locator('main').innerText()).toBe(before)
  await person.team.open(names.slug)
  await person.team.expectSeats('2 of 3 seats used')
  expect(await sandbox.subscriptionsOf(names.at('owner'))).toHaveLength(1)
  expect(await sandbox.seatsOf(names.at('owner'))).toBe(2)
})

test('a webhook without a believable signature is refused', async ({ usher }) => {
  const body = JSON.stringify({ id: 'evt_forged', object: 'event', type: 'customer.subscription.deleted' })
  for (const signature of [undefined, 'nonsense', `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}`]) {
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    if (signature !== undefined) headers['stripe-signature'] = signature
    const answer = await fetch(`${usher.url}/webhooks/stripe`, { method: 'POST', headers, body })
    expect(answer.status).toBe(400)
  }
})
