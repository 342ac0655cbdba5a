// A second listener: a unix socket beside the pid file, for administrators.
//
//   if (settings.has_admin) ListenForAdmin(settings.pid_file);
#pragma once

#include <string>

namespace pidfall::zoo {

// The socket stays open until the process ends.
void BindAnew(const std::string& path);

void ListenForAdmin(const std::string& pid_file);

}  // namespace pidfall::zoo
