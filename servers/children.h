// Processes that a server starts, so that scenarios can see what they inherit.
//
//   LetForkedCopyEnd([&] { guard->BeforeExit(); });   // the copy ends as the server does
//   StartProgram("sleep 1000");                       // by /bin/sh; never waited for
#pragma once

#include <functional>
#include <string>

namespace pidfall::servers {

// Both throw std::system_error when no process can be started.
void LetForkedCopyEnd(const std::function<void()>& clean_up);
void StartProgram(const std::string& command);

}  // namespace pidfall::servers
