extension ConsoleAssets {
    /// Follows `/events` and changes only what differs, so focus, selection and scroll position stay.
    /// Without it the page is a snapshot; nothing else needs it.
    package static let script = """
        "use strict";
        (() => {
          const main = document.getElementById("main");
          const lost = document.getElementById("lost");
          const pulse = document.getElementById("pulse");
          const text = document.getElementById("pulse-text");
          const asOf = document.getElementById("as-of");
          // A node is followed by its id, wherever it moves to: what was opened stays open.
          const nameOf = (node) => node.nodeType === Node.ELEMENT_NODE ? node.id || (node.firstElementChild && node.firstElementChild.id) || "" : "";
          const sameKind = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName;

          function follow(old, now) {
            if (old.nodeType === Node.TEXT_NODE) {
              if (old.data !== now.data) old.data = now.data;
              return;
            }
            if (old.nodeType !== Node.ELEMENT_NODE || old.isEqualNode(now)) return;
            for (const name of old.getAttributeNames()) {
              if (!now.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS")) old.removeAttribute(name);
            }
            for (const name of now.getAttributeNames()) {
              const value = now.getAttribute(name);
              if (old.getAttribute(name) !== value) old.setAttribute(name, value);
            }
            children(old, now);
          }

          function children(old, now) {
            const wanted = Array.from(now.childNodes);
            const byName = new Map();
            for (const held of old.children) {
              const name = nameOf(held);
              if (name) byName.set(name, held);
            }
            wanted.forEach((node, index) => {
              const named = byName.get(nameOf(node));
              if (named && named !== old.childNodes[index]) old.insertBefore(named, old.childNodes[index] || null);
              const held = old.childNodes[index];
              if (!held) old.appendChild(document.importNode(node, true));
              else if (sameKind(held, node)) follow(held, node);
              else old.replaceChild(document.importNode(node, true), held);
            });
            while (old.childNodes.length > wanted.length) old.lastChild.remove();
          }

          function say(message) {
            if (message === document.body.dataset.lost) message += " " + asOf.textContent;
            lost.hidden = !message;
            if (lost.textContent !== message) lost.textContent = message;
            pulse.className = message ? "pulse off" : "pulse on";
            text.textContent = message ? text.dataset.off : text.dataset.on;
          }

          const events = new EventSource("/events?lang=" + document.body.dataset.lang);
          events.addEventListener("open", () => say(""));
          events.addEventListener("error", () => say(document.body.dataset.lost));
          events.addEventListener("fault", (event) => say(event.data));
          events.addEventListener("as-of", (event) => {
            say("");
            asOf.textContent = event.data;
          });
          events.addEventListener("status", (event) => {
            say("");
            const page = new DOMParser().parseFromString("<main>" + event.data + "</main>", "text/html");
            const fresh = page.querySelector("main");
            if (fresh) children(main, fresh);
          });
          window.addEventListener("pagehide", () => events.close());
        })();
        """
}
