// The numbers that a start's message names. A number counts where it stands by itself: not inside a
// version, a time, an address or a longer number, and not in source code that a traceback quotes.
//
//   NamesPid("already running (PID 31)", 31)           // true
//   NamesPid("server 1.31 of 10:31: already up", 31)   // false
//   NamesNumber("cannot bind 127.0.0.1:8767", 8767)    // true
#pragma once

#include <string>

namespace pidfall {

// As a pid: near a word such as "pid", "process" or "running", or in brackets.
bool NamesPid(const std::string& message, long pid);

// As any number, for example a port.
bool NamesNumber(const std::string& message, long number);

}  // namespace pidfall
