#include "harness/stage/needs.h"

#include <unistd.h>

#include "harness/sandbox/landlock.h"
#include "harness/stage/stage.h"

namespace pidfall {

void NeedFullSandbox(const Stage& stage, const std::string& what_for) {
  if (stage.world().full) return;
  throw Skip(what_for + " needs namespaces (./pidfall doctor says how to get them)");
}

void NeedSecondUser(const Stage& stage) {
  if (stage.world().second_user != 0 || LandlockScopesSignals()) return;
  throw Skip("a second user needs root, a range in /etc/subuid with newuidmap, or Linux 6.12");
}

void NeedKernelFile(const std::string& path, const std::string& what_for) {
  if (access(path.c_str(), F_OK) == 0) return;
  throw Skip(what_for + " needs a kernel with " + path + " (./pidfall doctor)");
}

}  // namespace pidfall
