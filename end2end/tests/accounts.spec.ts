// One's own account: a forgotten password, another one, where one is signed in, and the end of it.

import { expect, PASSWORD, test } from '../support/test.ts'

const OTHER = 'another sentence to remember'

test('a forgotten password is replaced with the link of a letter, and every other browser is signed out', async ({
  person,
  someone,
  names,
}) => {
  const email = names.at('owner')
  await person.entrance.signUp(email, PASSWORD)
  const elsewhere = await someone()
  await elsewhere.open('/login')
  await elsewhere.page.getByRole('link', { name: 'Forgotten password' }).click()
  await expect(elsewhere.page.getByRole('heading', { name: 'Forgotten password' })).toBeVisible()
  await elsewhere.page.getByLabel('E-mail').fill(email)
  await elsewhere.page.getByRole('button', { name: 'Send the link' }).click()
  await expect(elsewhere.page.getByRole('heading', { name: 'Look into your mailbox' })).toBeVisible()
  await elsewhere.open(await elsewhere.mailbox.linkTo('reset', email))
  await elsewhere.page.getByLabel('New password').fill(OTHER)
  await elsewhere.page.getByRole('button', { name: 'Set new password' }).click()
  await expect(elsewhere.page.getByText('Your new password is set')).toBeVisible()

  await person.page.goto('/account')
  await expect(person.page).toHaveURL(/\/login/)
  await person.entrance.signIn(email, PASSWORD)
  await expect(person.page.getByRole('alert')).toContainText('do not belong together')
  await person.entrance.signIn(email, OTHER)
  await expect(person.page).toHaveURL(/\/app/)
})

test('in another browser the password is chosen by who reads the letter', async ({ person, someone, names }) => {
  const email = names.at('owner')
  await person.open('/signup')
  await person.page.getByLabel('Work e-mail').fill(email)
  await person.page.getByLabel('Password').fill(PASSWORD)
  await person.page.getByRole('button', { name: 'Create account' }).click()
  await expect(person.page.getByRole('heading', { name: 'Look into your mailbox' })).toBeVisible()
  await expect(person.page.getByRole('link', { name: 'development mailbox' })).toBeVisible()
  const reader = await someone()
  await reader.open(await reader.mailbox.linkTo('confirm', email))
  await reader.page.getByLabel('Password').fill(OTHER)
  await reader.page.getByRole('button', { name: 'Confirm address' }).click()
  await expect(reader.page).toHaveURL(/\/app$/)
})

test('a password is changed, and a wrong one is said at its field', async ({ person, names }) => {
  await person.entrance.signUp(names.at('owner'), PASSWORD)
  await person.page.goto('/account')
  const old = person.page.getByLabel('Current password')
  await old.fill('not this one at all')
  await person.page.getByLabel('New password').fill(OTHER)
  await person.page.getByRole('button', { name: 'Change password' }).click()
  await expect(old).toHaveAttribute('aria-invalid', 'true')
  await old.fill(PASSWORD)
  await person.page.getByLabel('New password').fill(OTHER)
  await person.page.getByRole('button', { name: 'Change password' }).click()
  await expect(person.page.getByText('Your password is changed')).toBeVisible()
})

test('other browsers are listed and signed out', async ({ person, someone, names }) => {
  const email = names.at('owner')
  await person.entrance.signUp(email, PASSWORD)
  const elsewhere = await someone()
  await elsewhere.entrance.signIn(email, PASSWORD)
  await expect(elsewhere.page).toHaveURL(/\/app/)
  await person.page.goto('/account')
  await person.page.getByRole('link', { name: 'Where you are signed in' }).first().click()
  await expect(person.page.getByRole('row')).toHaveCount(3)
  await person.page.getByRole('button', { name: 'Sign out everywhere else' }).click()
  await expect(person.page.getByText('Every other browser is signed out')).toBeVisible()
  await expect(person.page.getByRole('row')).toHaveCount(2)
  await elsewhere.page.goto('/account')
  await expect(elsewhere.page).toHaveURL(/\/login/)
})

test('an account is deleted with its password', async ({ person, names }) => {
  const email = names.at('owner')
  await person.entrance.signUp(email, PASSWORD)
  await person.page.goto('/account')
  await person.page.getByText('Delete account', { exact: true }).last().click()
  const section = person.page.getByRole('region', { name: 'Delete account' })
  await section.getByLabel('Your password').fill(PASSWORD)
  await section.getByRole('button', { name: `Delete the account ${email}` }).click()
  await expect(person.page.getByText('Your account is deleted')).toBeVisible()
  await person.entrance.signIn(email, PASSWORD)
  await expect(person.page.getByRole('alert')).toContainText('do not belong together')
})
