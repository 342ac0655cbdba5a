// Words quoted so that a shell reads them unchanged.
//
//   ShellQuoted("my serve.py")   // 'my serve.py'
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pidfall {

// Unchanged where a shell would not change it; else in single quotes.
std::string ShellQuoted(std::string_view word);

std::string ShellCommand(const std::vector<std::string>& words);

// The program that the shell's command starts takes the shell's place, and so its pid.
std::vector<std::string> ExecutedByShell(const std::string& command);

}  // namespace pidfall
