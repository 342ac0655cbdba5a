// Tells the service manager the state of this copy: sd_notify(3) in a few lines.
//
//   Notify("READY=1\nSTATUS=Serving");
//
// Costs nothing where NOTIFY_SOCKET is not set.
#pragma once

#include <string_view>

namespace pidfall::guard {

// False: NOTIFY_SOCKET is not set, or sending failed. Waits a second at most.
bool Notify(std::string_view text);

}  // namespace pidfall::guard
