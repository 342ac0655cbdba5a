#include "harness/faults/logins.h"

namespace pidfall {

std::vector<Login> OtherLogins(const std::string& folder) {
  return {{"with another HOME and TMPDIR", {"HOME=" + folder, "TMPDIR=" + folder}},
          {"with another XDG_RUNTIME_DIR and other XDG folders",
           {"XDG_RUNTIME_DIR=" + folder, "XDG_STATE_HOME=" + folder, "XDG_CACHE_HOME=" + folder,
            "XDG_CONFIG_HOME=" + folder, "XDG_DATA_HOME=" + folder}},
          {"with another USER and LOGNAME", {"USER=daemon", "LOGNAME=daemon"}},
          {"with INVOCATION_ID set, as by systemd",
           {"INVOCATION_ID=2d1f9a3c5b7e4f60a8c1d2e3f4a5b6c7", "JOURNAL_STREAM=8:1"}}};
}

}  // namespace pidfall
