// What a full sandbox sees of files and network; called by its init, before anything else runs.
#pragma once

#include <string>
#include <vector>

namespace pidfall {

// Private mounts, a fresh /proc, a tmpfs on `folder`, and the loopback device up. Throws
// std::system_error naming the step.
void BuildWorld(const std::string& folder);

// A folder that exists everywhere and hides none of `keep_visible` when it is mounted over.
std::string ChoosePrivateFolder(const std::vector<std::string>& keep_visible);

}  // namespace pidfall
