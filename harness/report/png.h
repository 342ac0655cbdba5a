// A picture as PNG, which some post-mortem tools need: librsvg's program turns the SVG into it.
//
//   RequirePngMaker();  // throws BadInput before anything has run
//   out = PngOf(svg);
#pragma once

#include <string>

namespace pidfall {

// Throws BadInput, which names the package, where rsvg-convert is not installed.
void RequirePngMaker();

// Throws std::runtime_error when the program fails; it says why on standard error itself.
std::string PngOf(const std::string& svg);

}  // namespace pidfall
