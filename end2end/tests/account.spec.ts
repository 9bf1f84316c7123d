// Accounts: coming in, going out, and what is refused at the door.

import { founded } from '../support/scenes.ts'
import { expect, PASSWORD, test } from '../support/test.ts'

test('signing out closes the door, signing in opens it', async ({ person, names }) => {
  await founded(person, names)
  await person.entrance.signOut()
  await person.page.goto(`/app/${names.slug}`)
  await expect(person.page).toHaveURL(/\/login/)
  await person.entrance.signIn(names.at('owner'), PASSWORD)
  await expect(person.page).toHaveURL(/\/app/)
})

test('a wrong password and an unknown address get the same answer', async ({ person, names }) => {
  await founded(person, names)
  await person.entrance.signOut()
  const answers: string[] = []
  for (const email of [names.at('owner'), names.at('nobody')]) {
    await person.entrance.signIn(email, 'not the password at all')
    const alert = person.page.getByRole('alert').first()
    await expect(alert).toBeVisible()
    answers.push(await alert.innerText())
  }
  expect(answers[0]).toBe(answers[1])
})

test('a short password is refused where it was typed', async ({ person, names }) => {
  await person.open('/signup')
  await person.page.getByLabel('Work e-mail').fill(names.at('owner'))
  await person.page.getByLabel('Password').fill('short')
  await person.page.getByRole('button', { name: 'Create account' }).click()
  const field = person.page.getByLabel('Password')
  const native = await field.evaluate((input: HTMLInputElement) => !input.checkValidity())
  if (!native) await expect(field).toHaveAccessibleDescription(/at least 10 characters/)
  await expect(person.page).toHaveURL(/signup/)
})

test('a company address that is taken is refused by name', async ({ person, someone, names }) => {
  await founded(person, names)
  const other = await someone()
  await other.entrance.signUp('owner@elsewhere.test', PASSWORD)
  await other.page.getByLabel('Company name').fill('Another')
  await other.page.getByLabel('Address').fill(names.slug)
  await other.page.getByRole('button', { name: 'Create company' }).click()
  await expect(other.page.getByText(/in use by another/i).first()).toBeVisible()
  await expect(other.page).toHaveURL(/\/app(\?.*)?$/)
})

test('an address that leads nowhere says so', async ({ person }) => {
  const answer = await person.page.goto('/no/such/page')
  expect(answer?.status()).toBe(404)
  await expect(person.page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(person.page.getByRole('link').first()).toBeVisible()
})
