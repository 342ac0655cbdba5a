// The story of a scenario as a chart, for a picture: a row per start, in real time.
//
//   const StoryChart chart(result);
//   picture.Write(chart.title(), "", {chart.chart()});
#pragma once

#include <string>
#include <vector>

#include "harness/report/picture.h"
#include "harness/run/result.h"
#include "harness/simulation/simulation_log.h"

namespace pidfall {

class StoryChart {
 public:
  // Refers to the result.
  explicit StoryChart(const Result& result);
  StoryChart(const StoryChart&) = delete;
  StoryChart& operator=(const StoryChart&) = delete;

  std::string title() const;  // "stale/zero: breach of C5"
  Chart chart() const;

 private:
  const Result& result_;
  SimulationLog log_;
};

// The result to draw: the first breach, else the first weakness, else the first story that was
// told. None: no story has times.
const Result* ResultToDraw(const std::vector<Result>& results);

}  // namespace pidfall
