/** An error of the one who deploys. osls prints the stack of what a file throws: this one has none, so that its message is seen. */
function refusal(message) {
  const error = new Error(message);
  error.stack = message;
  return error;
}

module.exports = { refusal };
