// Every company at a host of its own: one session for all of them, and each host for its company alone.

import { expect, PASSWORD, test } from '../support/test.ts'

test.use({ hosts: true })

test('each company lives at its own host, and the session goes along', async ({ person, names, usher }) => {
  const { page } = person
  const { port } = new URL(usher.url)
  const home = (slug: string): string => `http://${slug}.usher.localhost:${port}/app/${slug}`
  const other = `${names.slug}-labs`

  await person.entrance.signUp(names.at('owner'), PASSWORD)
  await person.companies.create(names.company, names.slug)
  await expect(page).toHaveURL(home(names.slug))
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()

  await page.goto(`${usher.url}/app`)
  await person.settled()
  await person.companies.create(`${names.company} Labs`, other)
  await expect(page).toHaveURL(home(other))

  // The switcher leads from host to host.
  await page.locator('details.switcher summary').click()
  await page.locator('details.switcher').getByRole('link', { name: names.company, exact: true }).click()
  await expect(page).toHaveURL(home(names.slug))

  // What is done at a host is done there.
  await page.goto(`${home(names.slug)}/team`)
  await person.settled()
  await person.team.invite(names.at('second'))

  // A path that is another company's is nothing here, although it is hers too.
  await page.goto(`http://${names.slug}.usher.localhost:${port}/app/${other}/team`)
  await expect(page.getByRole('heading', { name: 'There is nothing here.' })).toBeVisible()

  // The front of a company's host is its dashboard.
  await page.goto(`http://${other}.usher.localhost:${port}/`)
  await expect(page).toHaveURL(home(other))
})
