// A file is dropped onto the form, which works without this by its own field.

const zone = document.querySelector("[data-drop]");
const field = zone?.querySelector('input[type="file"]');

if (zone && field) {
  const said = zone.querySelector("[data-drop-said]");
  const hint = zone.querySelector("[data-drop-hint]");
  hint.hidden = false;

  const sizeOf = (bytes) => (bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`);
  const tell = () => {
    const file = field.files[0];
    zone.classList.toggle("has-file", Boolean(file));
    said.textContent = file ? `${file.name}, ${sizeOf(file.size)}` : hint.textContent;
  };

  // dragleave comes from every element inside, too.
  let inside = 0;
  const over = (by) => {
    inside = Math.max(0, inside + by);
    zone.classList.toggle("is-over", inside > 0);
  };
  zone.addEventListener("dragenter", () => over(1));
  zone.addEventListener("dragleave", () => over(-1));
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    inside = 0;
    over(0);
    if (event.dataTransfer.files.length === 1) {
      field.files = event.dataTransfer.files;
      tell();
    } else if (event.dataTransfer.files.length > 1) {
      said.textContent = "One file at a time, please.";
    }
  });
  field.addEventListener("change", tell);
  tell();
}
