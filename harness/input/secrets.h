// Values of environment variables that are secret by their names ("DB_PASSWORD"), and passwords in
// addresses. A server may print its environment, a shell puts such a value into a command, and a
// report is kept where CI hides nothing: there each becomes the name of its variable.
//
//   for (char** variable = environ; *variable; ++variable) RememberSecret(*variable);
//   WithoutSecrets("hunter2, said it")  // "[DB_PASSWORD], said it"
#pragma once

#include <string>
#include <string_view>

namespace pidfall {

// A value that is no secret by its name, or too short to be told from other words, is left alone.
void RememberSecret(std::string_view name, std::string_view value);
void RememberSecret(std::string_view variable);  // "NAME=value"

std::string WithoutSecrets(std::string text);

}  // namespace pidfall
