// Says so when the kernel behind a pad has gone: what is on the page looks alive then, but does nothing any more.

const AGAIN = "voila" in document.body.dataset ? "Load this page again." : "Run its cell again.";
const GONE = `This pad is switched off because its kernel was restarted or has ended. ${AGAIN}`;
const PATIENCE = 5000; // milliseconds from one question to the server to the next

function render({ model, el }) {
  const kernel = model.widget_manager?.kernel; // what shows widgets elsewhere than in Jupyter may have none
  if (!kernel) return;
  const cleanup = new AbortController();
  let asked = 0;

  function switchOff() {
    stop();
    Object.assign(el, { role: "alert", textContent: GONE });
    el.style.cssText = "font-size: 1.2em; font-weight: bold; padding: 4px 0";
    for (const part of el.parentElement.children) {
      if (part !== el) Object.assign(part, { inert: true }).style.opacity = 0.5;
    }
  }

  function onStatus(_, status) {
    if (["restarting", "autorestarting", "terminating", "dead"].includes(status)) switchOff();
  }

  // Voila tells a page nothing when it ends a kernel that was not used for long.
  async function onUse(event) {
    if (!el.parentElement?.contains(event.target) || Date.now() - asked < PATIENCE) return;
    asked = Date.now();
    const answer = await fetch(`${kernel.serverSettings.baseUrl}api/kernels/${kernel.id}`);
    if (answer.status === 404) switchOff();
  }

  function stop() {
    cleanup.abort();
    kernel.statusChanged.disconnect(onStatus);
    kernel.disposed.disconnect(switchOff);
  }

  kernel.statusChanged.connect(onStatus);
  kernel.disposed.connect(switchOff);
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, onUse, { capture: true, signal: cleanup.signal });
  }
  return stop; // called when the pad is taken off the page
}

export default { render };
