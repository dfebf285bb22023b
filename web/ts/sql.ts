// The SQL editor: a plain textarea that runs on Ctrl + Enter, and column names that can be put into it.

class SqlEditor extends HTMLElement {
  connectedCallback(): void {
    const area = this.querySelector("textarea");
    const form = this.querySelector("form");
    if (!area || !form) return;
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    for (const name of document.querySelectorAll<HTMLElement>("[data-insert]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "insert";
      button.textContent = name.textContent;
      button.addEventListener("click", () => insert(area, name.dataset["insert"] ?? ""));
      name.replaceWith(button);
    }
  }
}

function insert(area: HTMLTextAreaElement, text: string): void {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const gap = from > 0 && !/[\s(,.]$/.test(value.slice(0, from)) ? " " : "";
  area.setRangeText(gap + text, from, to, "end");
  area.focus();
}

customElements.define("sarovar-sql", SqlEditor);
