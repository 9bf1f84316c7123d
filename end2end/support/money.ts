// Money as a person reads it.

/** `$1,234.56` in cents, `−$1.00` in minus cents. */
export function cents(text: string): number {
  const digits = text.replace(/[^\d.]/g, '')
  const [whole = '0', rest = ''] = digits.split('.')
  const amount = Number(whole) * 100 + Number(rest.padEnd(2, '0'))
  return /^\s*[-−]/.test(text) ? -amount : amount
}
