#include "harness/cli/doctor_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/input/text_parts.h"
#include "harness/report/text.h"

namespace pidfall {
namespace {

std::size_t WidestName(const std::vector<Feature>& features) {
  std::size_t width = 0;
  for (const Feature& feature : features) width = std::max(width, feature.name.size());
  return width;
}

std::string OptionalLine(const char* label, const std::string& text) {
  return text.empty() ? "" : fmt::format("       {:<5}  {}\n", label, CleanLine(text));
}

std::string FeatureText(const Feature& feature, std::size_t width, const Paint& paint) {
  const std::string mark = feature.available ? paint.Green("yes    ") : paint.Yellow("no     ");
  std::string out = mark + feature.name;
  if (!feature.detail.empty()) {
    out += std::string(width - feature.name.size(), ' ') + "  " + CleanLine(feature.detail);
  }
  out += '\n';
  if (feature.available) return out;
  return out + OptionalLine("costs", feature.cost) + OptionalLine("cure", feature.cure);
}

}  // namespace

std::string DoctorText(const std::string& sandbox, const std::vector<Feature>& features,
                       const Paint& paint) {
  const auto missing = std::count_if(features.begin(), features.end(),
                                     [](const Feature& feature) { return !feature.available; });
  std::string out = paint.Bold("sandbox: " + sandbox) + '\n';
  const std::size_t width = WidestName(features);
  for (const Feature& feature : features) out += FeatureText(feature, width, paint);
  if (missing == 0) return out + "Nothing is missing: every scenario can be judged here.\n";
  return out + CountText(static_cast<int>(missing), "feature") + " missing\n";
}

}  // namespace pidfall
