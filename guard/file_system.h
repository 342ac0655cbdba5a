// Where a lock may be granted twice.
//
//   if (const std::string name = DoubtfulFileSystem(folder); !name.empty()) ... refuse ...
#pragma once

#include <string>

namespace pidfall::guard {

// The name of the file system behind the descriptor if locks there may not exclude other
// machines or, as over VirtioFS (https://github.com/docker/for-mac/issues/7004), anybody.
std::string DoubtfulFileSystem(int fd);

}  // namespace pidfall::guard
