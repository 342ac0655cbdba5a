// The completions of a shell, from the description of the command line: so they cannot be out of
// step with it.
//
//   out = CompletionsText(app, "bash");   // or "zsh", "fish"
//
// They complete commands and options; a value and the words after `--` complete as files do.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace pidfall {

// Throws BadInput for another shell.
std::string CompletionsText(const CLI::App& app, const std::string& shell);

}  // namespace pidfall
