// A policy pack: strict YAML, every section of the pack language, references between sections.
#include "libs/config/pack_reader.h"
#include "libs/config/strict_yaml.h"
#include "tests/fuzz/targets/input.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  absl::StatusOr<config::YamlDocument> document =
      config::YamlDocument::Parse(fuzz::Text(data, size), "pack.yaml");
  if (!document.ok()) return 0;
  pack::Pack pack;
  config::PackReader reader(&pack);
  reader.ReadDueSoon(document->root());
  reader.ReadFile(document->root());
  reader.CheckReferences();
  const bool complete = reader.MissingSections().empty();
  if (document->Finish().ok() && complete) {
    for (const pack::Matrix& matrix : pack.matrices) {
      WM_CHECK(!matrix.items.empty(), "a pack was taken whose matrix asks nothing");
    }
  }
  return 0;
}
