// Telling the service manager how far this copy is: sd_notify(3) in a few lines.
//
//   Notify("READY=1\nSTATUS=Serving");
//
// Costs nothing where nobody asked for it by NOTIFY_SOCKET.
#pragma once

#include <string_view>

namespace pidfall::guard {

// False: nobody asked, or it could not be sent. Waits a second at most.
bool Notify(std::string_view text);

}  // namespace pidfall::guard
