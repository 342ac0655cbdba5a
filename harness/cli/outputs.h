// The outputs of a command: a table and a page for people, JSON, JUnit and SARIF for machines.
//
//   const Outputs outputs(common);  // throws BadInput before anything has run
//   outputs.Print(table);
//   outputs.WriteFiles({.version = ..., .command = "run", .sandbox = "full"}, results);
#pragma once

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "harness/report/html.h"
#include "harness/report/json.h"
#include "harness/report/output_file.h"
#include "harness/report/paint.h"
#include "harness/run/result.h"

namespace pidfall {

class Outputs {
 public:
  explicit Outputs(const CommonOptions& options);

  const Paint& paint() const { return paint_; }
  std::FILE* text() const { return text_; }
  // To standard output, or to standard error when a file of results goes there.
  void Print(const std::string& text) const;
  // `notes` are the page's, by scenario.
  void WriteFiles(const JsonHead& head, const std::vector<Result>& results,
                  const std::map<std::string, PageNote>& notes,
                  const std::vector<SimulatedFacts>& facts = {}) const;

 private:
  std::FILE* text_;
  Paint paint_;
  OutputFile json_;
  OutputFile junit_;
  OutputFile sarif_;
  OutputFile html_;
};

}  // namespace pidfall
