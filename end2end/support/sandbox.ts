// The sandbox as its own clients see it: Stripe's HTTP API.

interface List<T> {
  data: T[]
}

export interface Customer {
  id: string
  email: string | null
  name: string | null
}

export interface Subscription {
  id: string
  status: string
  customer: string
  cancel_at: number | null
  cancel_at_period_end: boolean
  schedule: string | null
  items: List<{ id: string; quantity: number; price: { metadata: Record<string, string>; unit_amount: number } }>
}

export interface Invoice {
  id: string
  number: string | null
  status: string
  total: number
  amount_due: number
  amount_paid: number
  billing_reason: string
}

export interface Event {
  id: string
  type: string
  data: { object: { id: string; customer?: string } }
}

export class Sandbox {
  constructor(private readonly url: string) {}

  /** What the company whose owner has this address has bought, whatever its state. */
  async subscriptionsOf(owner: string): Promise<Subscription[]> {
    const customers = await this.get<List<Customer>>(`/v1/customers?limit=100&email=${encodeURIComponent(owner)}`)
    const lists = await Promise.all(
      customers.data
        .filter((customer) => customer.email === owner)
        .map((customer) => this.get<List<Subscription>>(`/v1/subscriptions?status=all&customer=${customer.id}`)),
    )
    return lists.flatMap((list) => list.data)
  }

  /** Seats that are billed for the company of this owner; `null` when nothing is bought. */
  async seatsOf(owner: string): Promise<number | null> {
    const live = (await this.subscriptionsOf(owner)).filter((subscription) => subscription.status === 'active')
    const item = live[0]?.items.data.find((item) => item.price.metadata.usher_part === 'per_seat')
    return item?.quantity ?? null
  }

  /** The one plan that runs for the company of this owner. */
  async planOf(owner: string): Promise<Subscription> {
    const ended = ['canceled', 'incomplete', 'incomplete_expired']
    const running = (await this.subscriptionsOf(owner)).filter(({ status }) => !ended.includes(status))
    if (running.length !== 1) throw new Error(`${owner} has ${running.length} plans`)
    return running[0]!
  }

  /** What the company of this owner was billed, the newest first. */
  async invoicesOf(owner: string): Promise<Invoice[]> {
    const { customer } = await this.planOf(owner)
    return (await this.get<List<Invoice>>(`/v1/invoices?limit=100&customer=${customer}`)).data
  }

  /** The time machine of the console: until just after the next renewal of this owner's plan. */
  async nextRenewal(owner: string): Promise<void> {
    await this.press('time', { step: 'renewal', subscription: (await this.planOf(owner)).id })
  }

  /** The time machine of the console. */
  async pass(step: 'hour' | 'day' | 'month'): Promise<void> {
    await this.press('time', { step })
  }

  /** Somebody at the payment provider ends what the company of this owner has bought, at once. */
  async cancel(owner: string): Promise<void> {
    const live = (await this.subscriptionsOf(owner)).find((subscription) => subscription.status === 'active')
    if (live === undefined) throw new Error(`${owner} has bought nothing`)
    await this.get(`/v1/subscriptions/${live.id}`, 'DELETE')
  }

  /** What happened to the company of this owner, the newest first. */
  async eventsOf(owner: string): Promise<Event[]> {
    const customers = (await this.get<List<Customer>>('/v1/customers?limit=100')).data
    const ids = customers.filter((customer) => customer.email === owner).map((customer) => customer.id)
    const events = (await this.get<List<Event>>('/v1/events?limit=100')).data
    return events.filter(({ data: { object } }) => ids.includes(object.customer ?? object.id))
  }

  /** Presses a button of the console. */
  private async press(part: string, fields: Record<string, string>): Promise<void> {
    const headers = { origin: this.url, 'content-type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams(fields).toString()
    const answer = await fetch(`${this.url}/_sandbox/${part}`, { method: 'POST', redirect: 'manual', headers, body })
    if (answer.status !== 303) throw new Error(`${part}: ${answer.status} ${await answer.text()}`)
  }

  private async get<T>(path: string, method = 'GET'): Promise<T> {
    const answer = await fetch(this.url + path, { method, headers: { authorization: 'Bearer sk_test_end2end' } })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
}
