// The places of a view of the machine (view.h): planned once, mounted for every scenario.
//
//   const ViewPlan plan = PlanView("/mnt", {"/var/lib/x"});   // in the harness
//   const View view = EnterView("/mnt", plan);                // in each sandbox
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace pidfall {

enum class Shown {
  kFolder,    // a folder of the view's own: an empty one, or one that is entered child by child
  kSymlink,   // a copy
  kLayer,     // the lower layer of an overlay
  kReadOnly,  // bound
  kNode,      // a socket or FIFO of its own: through a bound one it would reach a server outside
  kProc,
  kDevices,
};

struct Place {
  Shown as = Shown::kFolder;
  std::string path;
  std::string link;  // a symlink's target
  bool is_folder = true;
  mode_t kind = 0;  // S_IFSOCK, ...
  mode_t mode = 0755;
  uid_t user = 0;
  gid_t group = 0;
  mode_t ours = 0;                  // our rights to it, as an owner's bits
  std::vector<std::string> copies;  // of a layer: names of files in it that cannot be copied up
};

// Parents before children.
using ViewPlan = std::vector<Place>;

// `base`, where the view will be mounted, is left out. The folders of `own_layer` get an overlay of
// their own.
ViewPlan PlanView(const std::string& base, const std::vector<std::string>& own_layer);

}  // namespace pidfall
