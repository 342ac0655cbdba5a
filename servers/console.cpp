#include "servers/console.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace pidfall::servers {
namespace {

void WriteLine(int descriptor, std::string_view line) {
  std::string text(line);
  text += '\n';
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t written = write(descriptor, rest.data(), rest.size());
    if (written > 0) {
      rest.remove_prefix(static_cast<size_t>(written));
    } else if (errno != EINTR) {
      return;
    }
  }
}

}  // namespace

void OpenStandardDescriptors() {
  int descriptor = open("/dev/null", O_RDWR);
  while (descriptor >= 0 && descriptor <= STDERR_FILENO) descriptor = dup(descriptor);
  if (descriptor > STDERR_FILENO) close(descriptor);
}

void Say(std::string_view line) { WriteLine(STDOUT_FILENO, line); }
void Complain(std::string_view line) { WriteLine(STDERR_FILENO, line); }

}  // namespace pidfall::servers
