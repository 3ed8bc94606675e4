// SPDX-License-Identifier: MIT
const socket = io();
const form = document.getElementById("form");
const input = document.getElementById("input");

function show(text, own) {
  const item = document.createElement("li");
  item.textContent = text;
  if (own) item.className = "own";
  document.getElementById("messages").append(item);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!input.value) return;
  // The server sends it to everybody else, so one's own line is added here.
  socket.emit("message", input.value);
  show(input.value, true);
  input.value = "";
});

socket.on("message", (text) => show(text, false));
