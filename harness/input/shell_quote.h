// Words as a shell reads them back.
//
//   ShellQuoted("my serve.py")   // 'my serve.py'
#pragma once

#include <string>
#include <string_view>

namespace pidfall {

// As it is where no shell would change it, in single quotes where one would.
std::string ShellQuoted(std::string_view word);

}  // namespace pidfall
