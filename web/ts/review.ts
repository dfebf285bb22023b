// The keys of a decision: s, n, u press the buttons that carry these letters. Without this script the buttons do the same.
class Judge extends HTMLElement {
  connectedCallback(): void {
    document.addEventListener("keydown", (event) => {
      const at = event.target as HTMLElement | null;
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || at?.matches("input, textarea, select")) return;
      this.querySelector<HTMLButtonElement>(`button[accesskey="${CSS.escape(event.key)}"]`)?.click();
    });
  }
}
customElements.define("sarovar-judge", Judge);
