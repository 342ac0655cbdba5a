// The messages of a server for people. Output that is closed, full or broken never ends the server.
//
//   OpenStandardDescriptors();  // first of all
//   Say("🌐 Task Manager running on http://localhost:8767/");
#pragma once

#include <string_view>

namespace pidfall::servers {

// Started with descriptors 0 to 2 closed, the next socket or file would become "standard output",
// and messages would be written into it.
void OpenStandardDescriptors();

void Say(std::string_view line);       // to standard output, at once
void Complain(std::string_view line);  // to standard error

}  // namespace pidfall::servers
