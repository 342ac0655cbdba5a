// Whether the output of a failed start says why the kernel refused it, in the words of any
// language's library or in its own: "Permission denied", "EACCES", "[Errno 13]", "the folder is not
// writable".
#pragma once

#include <string>

namespace pidfall {

// Words in `object`'s own name, a path, do not count.
bool SaysCause(std::string output, const std::string& object, int error);

}  // namespace pidfall
