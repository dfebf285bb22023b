// The calendar: a message that waits is dragged to another day. What is dropped fills in the form that stands under the calendar and sends
// it, so the same function decides and the same page answers; without this script the form does it.
class Calendar extends HTMLElement {
  connectedCallback(): void {
    const form = document.querySelector<HTMLFormElement>("#move");
    if (!form) return;
    for (const entry of this.querySelectorAll<HTMLElement>("li[data-post]")) {
      // Its link is what is dragged, as links are anyway; it carries the message in place of its address.
      entry.addEventListener("dragstart", (event) => {
        event.dataTransfer?.clearData();
        event.dataTransfer?.setData("text/plain", entry.dataset["post"] ?? "");
        if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
      });
    }
    for (const day of this.querySelectorAll<HTMLElement>("td[data-day]")) {
      day.addEventListener("dragover", (event) => {
        event.preventDefault();
        day.classList.add("over");
      });
      day.addEventListener("dragleave", () => day.classList.remove("over"));
      day.addEventListener("drop", (event) => {
        event.preventDefault();
        day.classList.remove("over");
        move(form, event.dataTransfer?.getData("text/plain") ?? "", day.dataset["day"] ?? "");
      });
    }
  }
}

/** Sends the form for one message and one day; a message that is not on the page is none of ours. */
function move(form: HTMLFormElement, post: string, day: string): void {
  const choice = form.elements.namedItem("post");
  const date = form.elements.namedItem("day");
  if (!(choice instanceof HTMLSelectElement) || !(date instanceof HTMLInputElement)) return;
  choice.value = post;
  date.value = day;
  if (choice.value === post && post !== "") form.requestSubmit();
}

customElements.define("sarovar-calendar", Calendar);
