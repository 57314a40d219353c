// Copies a text that stands on the page; without script it can be selected.

for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copies);
    const status = button.parentElement.querySelector("[role=status]");
    try {
      await navigator.clipboard.writeText(text.value);
      status.textContent = "Copied";
    } catch {
      // Not allowed here: what is selected can be copied by hand.
      text.select();
      status.textContent = "Selected: copy it with Ctrl + C";
    }
  });
}
