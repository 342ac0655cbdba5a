// The view of others that a start has although no call of it touches the safeguard: their sockets
// and locks in the kernel's lists, memory that they share.
//
//   ViewBeyond(stop)   // "it reads /proc/locks"; empty: the call shows nothing of others
#pragma once

#include <string>

#include "harness/tracer/process_tree.h"

namespace pidfall {

bool IsOpen(long number);

// Of a stop at the entry of a call.
std::string ViewBeyond(const ProcessTree::Stop& stop);

}  // namespace pidfall
