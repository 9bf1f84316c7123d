// Somebody with a browser, and the pages as they see them.

import type { Page } from '@playwright/test'

import { AuditPage } from '../pages/audit.ts'
import { BillingPage } from '../pages/billing.ts'
import { ChangePage } from '../pages/change.ts'
import { CheckoutPage } from '../pages/checkout.ts'
import { CompaniesPage } from '../pages/companies.ts'
import { CoursePage } from '../pages/course.ts'
import { DomainsPage } from '../pages/domains.ts'
import { EntrancePage } from '../pages/entrance.ts'
import { InvitationPage } from '../pages/invitation.ts'
import { InvoicesPage } from '../pages/invoices.ts'
import { MailboxPage } from '../pages/mailbox.ts'
import { SettingsPage } from '../pages/settings.ts'
import { TeamInvitationsPage } from '../pages/team-invitations.ts'
import { TeamInvitePage } from '../pages/team-invite.ts'
import { TeamReclaimPage } from '../pages/team-reclaim.ts'
import { TeamRequestsPage } from '../pages/team-requests.ts'
import { TeamPage } from '../pages/team.ts'

export class Person {
  readonly entrance: EntrancePage
  readonly companies: CompaniesPage
  readonly audit: AuditPage
  readonly billing: BillingPage
  readonly change: ChangePage
  readonly checkout: CheckoutPage
  readonly course: CoursePage
  readonly invoices: InvoicesPage
  readonly domains: DomainsPage
  readonly team: TeamPage
  readonly several: TeamInvitePage
  readonly invitations: TeamInvitationsPage
  readonly requests: TeamRequestsPage
  readonly reclaim: TeamReclaimPage
  readonly invitation: InvitationPage
  readonly mailbox: MailboxPage
  readonly settings: SettingsPage

  constructor(
    readonly page: Page,
    /** Whether scripts run in this browser. */
    readonly scripts: boolean,
  ) {
    this.entrance = new EntrancePage(this)
    this.companies = new CompaniesPage(this)
    this.audit = new AuditPage(this)
    this.billing = new BillingPage(this)
    this.change = new ChangePage(this)
    this.checkout = new CheckoutPage(this)
    this.course = new CoursePage(this)
    this.invoices = new InvoicesPage(this)
    this.domains = new DomainsPage(this)
    this.team = new TeamPage(this)
    this.several = new TeamInvitePage(this)
    this.invitations = new TeamInvitationsPage(this)
    this.requests = new TeamRequestsPage(this)
    this.reclaim = new TeamReclaimPage(this)
    this.invitation = new InvitationPage(this)
    this.mailbox = new MailboxPage(this)
    this.settings = new SettingsPage(this)
  }

  /** Opens a page and waits until it answers. */
  async open(path: string): Promise<void> {
    await this.page.goto(path)
    await this.settled()
  }

  /** Waits for hydration, on pages that hydrate: a click before it could be lost. */
  async settled(): Promise<void> {
    if (!this.scripts) return
    const hydrates = await this.page.locator('head script[type="module"]').count()
    if (hydrates > 0) await this.page.locator('[data-hydrated="true"]').waitFor({ state: 'attached' })
  }
}
