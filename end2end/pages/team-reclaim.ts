// Seats that could be freed.

import { expect } from '@playwright/test'

import type { Person } from '../support/person.ts'
import { TeamPage } from './team.ts'

/** The rows open as those of the team page do. */
export class TeamReclaimPage extends TeamPage {
  private readonly who: Person

  constructor(person: Person) {
    super(person)
    this.who = person
  }

  override async open(slug: string, rest = ''): Promise<void> {
    await this.who.open(`/app/${slug}/team/reclaim${rest}`)
    await expect(this.who.page.getByRole('heading', { name: 'Free seats', level: 1 })).toBeVisible()
  }
}
