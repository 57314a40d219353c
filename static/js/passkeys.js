// What the library says to the console when a passkey was not used, or the person changed their mind, is said on the page.

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("passkey-trouble").hidden = false;
});
