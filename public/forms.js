// On pages without the WebAssembly module: a form is not sent twice, and its button says that it is on its way.
// Everything works without this script.
for (const form of document.forms) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) {
      event.preventDefault()
      return
    }
    form.dataset.sent = 'true'
    form.querySelector('button[type="submit"]')?.setAttribute('aria-busy', 'true')
  })
}
addEventListener('pageshow', (event) => {
  if (!event.persisted) return
  for (const form of document.forms) {
    delete form.dataset.sent
    form.querySelector('button[type="submit"]')?.removeAttribute('aria-busy')
  }
})
