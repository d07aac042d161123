/** An error of the user. It has no stack, because osls would print the stack instead of the message. */
function refusal(message) {
  const error = new Error(message);
  error.stack = message;
  return error;
}

module.exports = { refusal };
