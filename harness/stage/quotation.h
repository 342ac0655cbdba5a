// The output of a program, as evidence: no longer than a reader reads, and without secrets,
// which have to go before a cut leaves half of one.
#pragma once

#include <string>

namespace pidfall {

std::string Quotation(const std::string& line);

// Up to two lines, with " | " between them.
std::string FirstLinesOf(const std::string& output);
std::string Printed(const std::string& output);  // those in quotation marks, or "nothing"

}  // namespace pidfall
