#include "servers/zoo/admin.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "servers/zoo/defects.h"

namespace pidfall::zoo {

void BindAnew(const std::string& path) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  unlink(path.c_str());
  (void)bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  (void)listen(listening, 1);
}

// Only the owner calls this: a socket at the path was left by a dead owner.
void ListenForAdmin(const std::string& pid_file) {
  const std::string path = pid_file + ".admin";
  const bool gives_up = Has(Defect::kAdminNotBack) && access(path.c_str(), F_OK) == 0;
  if (!gives_up) BindAnew(path);
}

}  // namespace pidfall::zoo
