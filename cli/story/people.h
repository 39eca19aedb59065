// The invented people and places of the story.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "waymark/gateway/v1/incident.pb.h"

namespace waymark::cli::story {

// A reproducible sequence; the story must be the same every time.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  // 0 to sides - 1.
  uint64_t Roll(uint64_t sides);
  template <class T>
  const T& Pick(const std::vector<T>& list) {
    return list[Roll(list.size())];
  }

 private:
  uint64_t state_;
};

struct Place {
  gateway::v1::Address address;
  std::string lsoa;
};

// Place `number` of the district: the same number, the same place. The first kHousingHomes are the
// housing provider's.
inline constexpr int kHousingHomes = 120;
Place PlaceOf(int number);

// Resident `number`, who lives at place `number`.
gateway::v1::Identity Resident(int number);

// Every neighbourhood of the district.
std::vector<std::string> Lsoas();

}  // namespace waymark::cli::story
