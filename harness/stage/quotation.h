// A line that a program printed, as evidence: no longer than a reader reads, and without secrets,
// which have to go before a cut leaves half of one.
#pragma once

#include <string>

namespace pidfall {

std::string Quotation(const std::string& line);

}  // namespace pidfall
