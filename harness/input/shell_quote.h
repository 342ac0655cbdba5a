// Words as a shell reads them back.
//
//   ShellQuoted("my serve.py")   // 'my serve.py'
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pidfall {

// As it is where no shell would change it, in single quotes where one would.
std::string ShellQuoted(std::string_view word);

std::string ShellCommand(const std::vector<std::string>& words);

}  // namespace pidfall
