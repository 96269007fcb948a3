// A convenience only: a changed choice is sent at once. Without script the button does it.
document.querySelectorAll("form.choose").forEach(function (form) {
  form.classList.add("scripted");
  form.addEventListener("change", function (event) {
    if (event.target.tagName === "SELECT") form.submit();
  });
});
