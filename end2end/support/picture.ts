// Pictures of a page, light and dark, wide and narrow, into target/screens.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import type { Person } from './person.ts'

const folder = join(import.meta.dirname, '..', '..', 'target', 'screens')

/** Leaves four pictures of what is shown. */
export async function picture(person: Person, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const width of [1280, 390]) {
    await person.page.setViewportSize({ width, height: width === 390 ? 844 : 800 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await person.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await person.page.evaluate(() => document.fonts.ready)
      await person.page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true })
    }
  }
  await person.page.setViewportSize({ width: 1280, height: 800 })
}
